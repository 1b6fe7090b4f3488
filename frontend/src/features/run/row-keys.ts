/**
 * Which row of a list keeps its element on the page when other rows come into view.
 *
 * A row that stays in view keeps its element, and with it what is selected in it. Where none stays, as in a list that
 * grows faster than anybody reads, all elements are used again: making new ones for each frame is what costs.
 */

export interface Drawn {
  readonly keys: readonly number[];
  /** None of the rows drawn before is among these. */
  readonly replaced: boolean;
}

/** Remembers the last stretch that was drawn; the same stretch again gives the same keys. */
export function createRowKeys(): (from: number, to: number) => Drawn {
  let first = 0;
  let drawn: Drawn = { keys: [], replaced: false };
  let next = 0;
  return (from, to) => {
    const end = first + drawn.keys.length;
    if (from === first && to === end) return drawn;
    const replaced = drawn.keys.length > 0 && (from >= end || to <= first);
    const shift = replaced ? 0 : from - first;
    const keys = Array.from({ length: Math.max(0, to - from) }, (_, position) => drawn.keys[position + shift] ?? next++);
    first = from;
    drawn = { keys, replaced };
    return drawn;
  };
}
