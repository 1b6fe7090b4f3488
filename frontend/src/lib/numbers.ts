/** Counts and sizes with their units, as the language on the screen writes them. */

import { locale, t } from '@/texts';

const made = new Map<string, Intl.NumberFormat>();

/** Made once for each language: a table asks for thousands. */
function format(options: 'count' | 'decimal' | 'value'): Intl.NumberFormat {
  const key = `${locale()} ${options}`;
  let found = made.get(key);
  if (!found) {
    found = new Intl.NumberFormat(locale(), OPTIONS[options]);
    made.set(key, found);
  }
  return found;
}

const OPTIONS = {
  count: {},
  decimal: { useGrouping: false, maximumFractionDigits: 2 },
  value: { maximumFractionDigits: 6 },
} as const satisfies Record<string, Intl.NumberFormatOptions>;

/** What stands between a number and its decimals where this language is written: "." or ",". */
export function decimalMark(): string {
  return format('decimal').formatToParts(0.5).find(({ type }) => type === 'decimal')?.value ?? '.';
}

/** "1,204" */
export function formatCount(value: number): string {
  return format('count').format(value);
}

/** A number before its unit: "9999", "0.25" */
export function formatDecimal(value: number): string {
  return format('decimal').format(value);
}

/** A result of an analysis, to six places: "1,234.567891" */
export function formatValue(value: number): string {
  return format('value').format(value);
}

const UNITS = ['bytes', 'kilobytes', 'megabytes', 'gigabytes', 'terabytes'] as const;

/** Powers of 1024, as file managers show them. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const shown = unit === 0 || value >= 100 ? Math.round(value) : Number(value.toFixed(1));
  return t(`lib.sizes.${UNITS[unit] ?? 'bytes'}`, { value: formatDecimal(shown) });
}
