/** Compared cells: their numbers and what differs in them. Pure. */

import type { ComparedCell } from '@/api/types';

/** Of code cells, as they are counted in B; those of A only have the number they have there. `null` for text. */
export function cellNumbers(cells: readonly ComparedCell[]): (number | null)[] {
  let [inA, inB] = [0, 0];
  return cells.map((cell) => {
    const numberA = cell.a?.cell_type === 'code' ? ++inA : null;
    const numberB = cell.b?.cell_type === 'code' ? ++inB : null;
    return numberB ?? numberA;
  });
}

/** Its code differs, other than by the values of the parameters. */
export function codeDiffers({ state, injected }: ComparedCell): boolean {
  return state !== 'same' && !injected;
}

export function outputsDiffer(cell: ComparedCell): boolean {
  if (cell.outputs_equal !== null) return !cell.outputs_equal;
  return (cell.a?.output_count ?? 0) + (cell.b?.output_count ?? 0) > 0;
}

export function isEqual(cell: ComparedCell): boolean {
  return !codeDiffers(cell) && !outputsDiffer(cell);
}
