/** What a French catalogue need not say in each of its texts. Pure. */

const NARROW = '\u202f';
const WIDE = '\u00a0';

/** Before `: ; ? ! %` and inside « », a space that never ends a line. */
export function withSpaces<T>(texts: T): T {
  return mapped(texts, (text) =>
    text
      .replace(/ ([;?!%])/g, `${NARROW}$1`)
      .replace(/ :/g, `${WIDE}:`)
      .replace(/« /g, `«${WIDE}`)
      .replace(/ »/g, `${WIDE}»`),
  );
}

/**
 * With a form for `many`, which French has for whole millions: it reads as that for `other`. Without it, a list of
 * exactly a million things would be counted in English.
 */
export function withMany<T>(texts: T): T {
  if (typeof texts !== 'object' || texts === null) return texts;
  const entries = Object.entries(texts).flatMap(([key, value]: [string, unknown]) => [
    [key, withMany(value)] as const,
    ...(key.endsWith('_other') ? [[key.replace(/_other$/, '_many'), value] as const] : []),
  ]);
  return Object.fromEntries(entries) as T;
}

function mapped<T>(texts: T, change: (text: string) => string): T {
  if (typeof texts === 'string') return change(texts) as T;
  if (typeof texts !== 'object' || texts === null) return texts;
  return Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, mapped<unknown>(value, change)])) as T;
}
