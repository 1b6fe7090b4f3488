/** Numbers as Python formats them: a tie goes to the even neighbour, and exponents have two digits. */

/** More digits than a tie can have. */
const EXACT = 60;

/** As `f"{value:.{digits}f}"`. */
export function fixed(value: number, digits: number): string {
  const exact = value.toFixed(EXACT);
  return isTieOverEven(exact, exact.length - EXACT + digits) ? exact.slice(0, exact.length - EXACT + digits) : value.toFixed(digits);
}

/** A count beyond this would be more digits than anybody reads. */
const MOST_COUNTED = 1e15;

/** A count in full, of anything else six digits. */
export function counted(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < MOST_COUNTED ? value.toLocaleString('en-US') : general(value);
}

/** As `f"{value:g}"`: six digits, as short as they can be. */
export function general(value: number): string {
  const [mantissa, power] = sixDigits(value).split('e') as [string, string];
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return trimmed(Number(`${mantissa}e${power}`).toFixed(5 - exponent));
  return `${trimmed(mantissa)}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function sixDigits(value: number): string {
  const exact = value.toExponential(EXACT);
  const [mantissa, power] = exact.split('e') as [string, string];
  const end = mantissa.length - EXACT + 5;
  return isTieOverEven(mantissa, end) ? `${mantissa.slice(0, end)}e${power}` : value.toExponential(5);
}

/** Whether what follows the first `end` characters is exactly a half, and the digit before it even. */
function isTieOverEven(exact: string, end: number): boolean {
  return /^50*$/.test(exact.slice(end)) && /[02468]$/.test(exact.slice(0, end));
}

function trimmed(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}
