/** Outputs of a cell in two runs: which belong together, as what they are compared, and whether they are equal. Pure. */

import { choose } from '@/components/outputs/mime';
import { streamText, type Output } from '@/components/outputs/output';
import { read, type Table } from './tables';

/** In what way an output can be compared with another. */
export type Shown =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image'; readonly source: string; readonly width: number | null; readonly height: number | null }
  | { readonly kind: 'table'; readonly table: Table }
  /** Only to be looked at: interactive charts, formatted text, what nobody knows. */
  | { readonly kind: 'other'; readonly content: string };

export interface Side {
  readonly output: Output;
  readonly shown: Shown;
}

export interface Pair {
  readonly a: Side | null;
  readonly b: Side | null;
  readonly same: boolean;
}

export function shownAs(output: Output): Shown {
  switch (output.kind) {
    case 'stream':
      return { kind: 'text', text: streamText(output) };
    case 'error':
      return { kind: 'text', text: output.traceback || `${output.name}: ${output.value}` };
    case 'data': {
      const form = choose(output.data, output.metadata);
      switch (form.kind) {
        case 'text':
        case 'markdown':
        case 'latex':
          return { kind: 'text', text: form.text };
        case 'json':
          return { kind: 'text', text: JSON.stringify(form.value, null, 2) };
        case 'image':
          return { kind: 'image', source: form.source, width: form.width, height: form.height };
        case 'html': {
          const table = read(form.html);
          return table ? { kind: 'table', table } : { kind: 'other', content: form.html };
        }
        case 'plotly':
        case 'vega':
        case 'javascript':
        case 'unknown':
          return { kind: 'other', content: JSON.stringify(output.data) };
      }
    }
  }
}

/** In order; what has no counterpart of its kind stands alone. */
export function pair(a: readonly Output[], b: readonly Output[]): Pair[] {
  const [left, right] = [a, b].map((outputs) => outputs.map((output) => ({ output, shown: shownAs(output) }))) as [Side[], Side[]];
  const pairs: Pair[] = [];
  let [i, j] = [0, 0];
  for (const [atA, atB] of longestCommon(left.map(family), right.map(family))) {
    while (i < atA) pairs.push({ a: left[i++] ?? null, b: null, same: false });
    while (j < atB) pairs.push({ a: null, b: right[j++] ?? null, same: false });
    const [one, other] = [left[i++] ?? null, right[j++] ?? null];
    pairs.push({ a: one, b: other, same: one !== null && other !== null && isSame(one.shown, other.shown) });
  }
  while (i < left.length) pairs.push({ a: left[i++] ?? null, b: null, same: false });
  while (j < right.length) pairs.push({ a: null, b: right[j++] ?? null, same: false });
  return pairs;
}

function family({ output, shown }: Side): string {
  return output.kind === 'stream' ? output.name : output.kind === 'error' ? 'error' : shown.kind;
}

function isSame(a: Shown, b: Shown): boolean {
  return plain(JSON.stringify(a)) === plain(JSON.stringify(b));
}

/** Without what differs each time: addresses in memory, made-up ids. */
function plain(text: string): string {
  return text
    .replace(/\b0x[0-9a-f]{6,16}\b/gi, '0x')
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '');
}

/** Positions in both of a longest common subsequence. */
function longestCommon(a: readonly string[], b: readonly string[]): [number, number][] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    const row = lengths[i];
    if (!row) continue;
    for (let j = b.length - 1; j >= 0; j--) row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const found: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) found.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return found;
}
