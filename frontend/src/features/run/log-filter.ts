/** Which rows of the log are shown. */

import { withoutAnsi } from '@/components/outputs/ansi';
import type { LogRow } from './log-lines';
import type { Rows } from './rows';

export const SHOWN = ['all', 'problems', 'messages', 'stdout', 'stderr'] as const;

export type Shown = (typeof SHOWN)[number];

export interface LogFilter {
  readonly shown: Shown;
  /** Lower case; empty: any. */
  readonly text: string;
}

/** The rows that are shown, by their place among them. */
export interface Selection {
  readonly count: number;
  /** The row's index in the log. */
  readonly at: (position: number) => number;
  /** Where the first row at or after this index of the log is shown. */
  readonly positionOf: (index: number) => number;
}

export function isAll(filter: LogFilter): boolean {
  return filter.shown === 'all' && filter.text === '';
}

export function fits(row: LogRow, { shown, text }: LogFilter): boolean {
  return isShown(row, shown) && (text === '' || withoutAnsi(row.text).toLowerCase().includes(text));
}

function isShown(row: LogRow, shown: Shown): boolean {
  switch (shown) {
    case 'all':
      return true;
    case 'problems':
      return row.level === 'warning' || row.level === 'error';
    case 'messages':
      return row.source === 'message';
    case 'stdout':
    case 'stderr':
      return row.source === shown;
  }
}

/** Selects from a growing log. Remembers what it has looked at, so that each call looks at what is new only. */
export function createSelector(filter: LogFilter): (log: Rows<LogRow>) => Selection {
  if (isAll(filter)) {
    return (log) => ({
      count: log.length,
      at: (position) => log.first + position,
      positionOf: (index) => Math.max(0, index - log.first),
    });
  }
  const indices: number[] = [];
  let seen = 0;
  return (log) => {
    for (let index = Math.max(log.first, seen); index < log.end; index++) {
      const row = log.get(index);
      if (row && fits(row, filter)) indices.push(index);
    }
    seen = Math.max(seen, log.end);
    const forgotten = lowerBound(indices, log.first);
    const count = indices.length - forgotten;
    return {
      count,
      at: (position) => indices[forgotten + position] ?? log.end,
      positionOf: (index) => lowerBound(indices, index) - forgotten,
    };
  };
}

function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? Infinity) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
