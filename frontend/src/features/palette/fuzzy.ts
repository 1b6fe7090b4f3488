/** Finds what somebody means by a few letters of it. Pure. */

/** Letters between two that were typed, at most; a new word may begin anywhere. */
const MAX_GAP = 3;

/**
 * How well `query` fits `text`; the more, the better.
 *
 * Every word of the query must be in it: as it is, or its letters in this order ("epc" is in "The epidemic curve").
 * Case and accents do not count.
 *
 * @returns null where it does not fit at all
 */
export function score(query: string, text: string): number | null {
  const folded = fold(text);
  let total = -folded.length / 100;
  for (const word of fold(query).split(/\s+/).filter(Boolean)) {
    const found = scoreWord(word, folded);
    if (found === null) return null;
    total += found;
  }
  return total;
}

/** Those that fit, the best first; among equals in the order given. A favour is worth that many points. */
export function rank<T>(query: string, things: readonly T[], textOf: (thing: T) => string, favour: (thing: T) => number = () => 0): T[] {
  return things
    .flatMap((thing) => {
      const points = score(query, textOf(thing));
      return points === null ? [] : [{ thing, points: points + favour(thing) }];
    })
    .sort((a, b) => b.points - a.points)
    .map(({ thing }) => thing);
}

export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

function startsWord(text: string, index: number): boolean {
  return index === 0 || !/[\p{L}\p{N}]/u.test(text.charAt(index - 1));
}

function scoreWord(word: string, text: string): number | null {
  let best: number | null = null;
  for (let index = text.indexOf(word); index >= 0; index = text.indexOf(word, index + 1)) {
    const points = 100 + (startsWord(text, index) ? 60 : 0) + (index === 0 ? 20 : 0);
    best = Math.max(best ?? 0, points);
  }
  return best ?? scoreLetters(word, text);
}

/** The letters in their order, the first at the beginning of a word. */
function scoreLetters(word: string, text: string): number | null {
  let best: number | null = null;
  for (let start = 0; start < text.length; start++) {
    if (text[start] !== word[0] || !startsWord(text, start)) continue;
    const points = follow(word, text, start);
    if (points !== null) best = Math.max(best ?? 0, points);
  }
  return best;
}

function follow(word: string, text: string, start: number): number | null {
  let at = start;
  let points = 10;
  for (const letter of word.slice(1)) {
    const next = text[at + 1] === letter ? at + 1 : (nextStart(letter, text, at + 1) ?? near(letter, text, at + 1));
    if (next === null) return null;
    points += next === at + 1 ? 8 : startsWord(text, next) ? 6 : 1;
    at = next;
  }
  return points;
}

function nextStart(letter: string, text: string, from: number): number | null {
  for (let index = from; index < text.length; index++) {
    if (text[index] === letter && startsWord(text, index)) return index;
  }
  return null;
}

function near(letter: string, text: string, from: number): number | null {
  const index = text.slice(from, from + 1 + MAX_GAP).indexOf(letter);
  return index < 0 ? null : from + index;
}
