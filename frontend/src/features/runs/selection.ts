/** Which runs are selected: changed with the pointer as in a file manager. Pure. */

export type Selection = ReadonlySet<number>;

export const NONE: Selection = new Set();

export function toggled(selection: Selection, id: number): Selection {
  const next = new Set(selection);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** With everything from `anchor` to `id` made what `id` becomes. Without an anchor in the list it is only `id`. */
export function extended(selection: Selection, ids: readonly number[], anchor: number | null, id: number): Selection {
  const [from, to] = [anchor === null ? -1 : ids.indexOf(anchor), ids.indexOf(id)];
  if (from < 0 || to < 0) return toggled(selection, id);
  const range = ids.slice(Math.min(from, to), Math.max(from, to) + 1);
  const next = new Set(selection);
  const on = !selection.has(id);
  for (const each of range) {
    if (on) next.add(each);
    else next.delete(each);
  }
  return next;
}

/** All, or none if all are selected. */
export function allOrNone(selection: Selection, ids: readonly number[]): Selection {
  return ids.every((id) => selection.has(id)) ? NONE : new Set([...selection, ...ids]);
}
