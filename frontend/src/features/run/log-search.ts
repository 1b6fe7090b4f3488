/** Looks for a text in the whole log, a stretch at a time: the server says how far it came. */

import type { LogPage } from '@/api/types';
import { formatCount } from '@/lib/numbers';
import { t } from '@/texts';

export const MAX_HITS = 5_000;

export interface LogSearch {
  /** Numbers of the lines that hold the text, in order. */
  readonly hits: readonly number[];
  /** The log has been looked through up to this line. */
  readonly upTo: number;
  readonly done: boolean;
}

export const NOTHING_FOUND: LogSearch = { hits: [], upTo: 0, done: false };

export function extended(search: LogSearch, page: LogPage): LogSearch {
  const hits = [...search.hits, ...page.lines.map((line) => line.number)].slice(0, MAX_HITS);
  const upTo = Math.max(search.upTo, page.last);
  return { hits, upTo, done: upTo >= page.line_count || hits.length >= MAX_HITS };
}

/** "3 of 214", "3 of 214 so far", "none". */
export function progressText(search: LogSearch, current: number): string {
  const { hits, done } = search;
  if (hits.length === 0) return t(done ? 'run.log.hits.none' : 'run.log.hits.searching');
  const total = hits.length >= MAX_HITS ? `${formatCount(MAX_HITS)}+` : formatCount(hits.length);
  return t(done ? 'run.log.hits.position' : 'run.log.hits.positionSoFar', { current: formatCount(current + 1), total });
}
