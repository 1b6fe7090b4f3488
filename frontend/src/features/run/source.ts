/** The source of a run as text to read. */

import type { Run } from '@/api/types';

interface StoredCell {
  cell_type?: string;
  source?: string | string[];
}

/** A notebook in the "percent" form that editors know, a script as it is. */
export function asText(source: string, kind: Run['kind']): string {
  if (kind !== 'notebook') return source;
  try {
    const { cells } = JSON.parse(source) as { cells?: StoredCell[] };
    if (!Array.isArray(cells)) return source;
    return cells.map(cellAsText).join('\n\n');
  } catch {
    // Not a notebook after all; its text is still what was run.
    return source;
  }
}

function cellAsText({ cell_type: type, source = '' }: StoredCell): string {
  const text = Array.isArray(source) ? source.join('') : source;
  if (type === 'code') return `# %%\n${text}`;
  const commented = text.split('\n').map((line) => `# ${line}`.trimEnd());
  return [type === 'markdown' ? '# %% [markdown]' : '# %% [raw]', ...commented].join('\n');
}
