/** The names of cells: what a person calls them. */

import { t } from '@/texts';
import type { Cell } from './run-state';

const HEADING = /^#{1,6}\s+(.+?)\s*#*\s*$/m;
const MAX_TITLE = 80;

/** The heading just above a code cell, else its first comment or line. */
export function title(cells: readonly Cell[], index: number): string {
  const cell = cells[index];
  if (!cell) return '';
  if (cell.type !== 'code') return shortened(heading(cell.source) ?? firstLine(cell.source));
  for (let above = index - 1; above >= 0; above--) {
    const other = cells[above];
    if (!other || other.type === 'code') break;
    const found = other.type === 'markdown' ? heading(other.source) : null;
    if (found) return shortened(found);
  }
  return shortened(firstLine(cell.source).replace(/^#+\s*/, '')) || t('run.notebook.emptyCell');
}

/** "Cell 7 of 23: Load claims"; `null` when nothing has run. */
export function position(cells: readonly Cell[], running: number | null): string | null {
  const total = cells.filter((cell) => cell.number !== null).length;
  const index = running ?? cells.findLastIndex((cell) => cell.number !== null && cell.state !== 'waiting');
  const cell = cells[index];
  if (!cell?.number) return null;
  return t('run.strip.cell', { number: cell.number, total, title: title(cells, index) });
}

function heading(markdown: string): string | null {
  const found = HEADING.exec(markdown)?.[1];
  return found ? plain(found) : null;
}

function firstLine(source: string): string {
  return source.split('\n').find((line) => line.trim() !== '')?.trim() ?? '';
}

/** Markdown's marks are noise in a name. */
function plain(text: string): string {
  return text
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*`]{1,3}(\S(?:.*?\S)?)[*`]{1,3}/g, '$1')
    .replace(/(?<!\w)_{1,2}(\S(?:.*?\S)?)_{1,2}(?!\w)/g, '$1');
}

function shortened(text: string): string {
  return text.length <= MAX_TITLE ? text : `${text.slice(0, MAX_TITLE - 1).trimEnd()}…`;
}
