/** A stored notebook, as nbformat 4 has it: the parts that are shown. */

import type { NotebookOutput } from '@/api/events';

export interface StoredCell {
  readonly cell_type: 'code' | 'markdown' | 'raw';
  readonly source: string | readonly string[];
  readonly outputs?: readonly NotebookOutput[];
}

export interface StoredNotebook {
  readonly cells: readonly StoredCell[];
  readonly metadata?: { readonly kernelspec?: { readonly name?: string; readonly language?: string } };
}

/** Text that may be stored as a list of lines. */
export function sourceOf(cell: StoredCell | undefined): string {
  if (!cell) return '';
  return typeof cell.source === 'string' ? cell.source : cell.source.join('');
}
