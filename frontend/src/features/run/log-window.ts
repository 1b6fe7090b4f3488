/**
 * The part of a long log that the page holds: consecutive lines of what the filter lets through, a bounded number of
 * them, with pages added at either end as the reader comes near it. Pure.
 */

import type { LogLine, LogPage, OpenLine } from '@/api/types';

/** More lines than anybody scrolls through without stopping; the rest is fetched again. */
export const MAX_LINES = 4_000;

export interface LogWindow {
  readonly lines: readonly LogLine[];
  /** The numbers `first` to `last` have been looked through, and `lines` are what fits there. */
  readonly first: number;
  readonly last: number;
  /** The first line's place among all that have been opened one after the other, which pages added before it don't change. */
  readonly origin: number;
  readonly lineCount: number;
  readonly openLines: readonly OpenLine[];
  /** The log does not grow any more. */
  readonly ended: boolean;
}

/** A window that begins with one page. */
export function opened(page: LogPage): LogWindow {
  return {
    lines: page.lines,
    first: page.first,
    last: page.last,
    origin: 0,
    lineCount: page.line_count,
    openLines: page.open_lines,
    ended: page.ended,
  };
}

export function hasBefore(window: LogWindow): boolean {
  return window.first > 1;
}

/** Whether there are lines after it by now. */
export function hasAfter(window: LogWindow): boolean {
  return window.last < window.lineCount;
}

/** With the page that ends where the window begins; what becomes too much at its end goes. */
export function prepended(window: LogWindow, page: LogPage): LogWindow {
  if (page.last < window.first - 1) return window;
  const lines = [...page.lines.filter((line) => line.number < window.first), ...window.lines];
  const first = Math.min(page.first, window.first);
  const origin = window.origin - (lines.length - window.lines.length);
  const lineCount = Math.max(window.lineCount, page.line_count);
  if (lines.length <= MAX_LINES) return { ...window, lines, first, origin, lineCount };
  const kept = lines.slice(0, MAX_LINES);
  return { ...window, lines: kept, first, last: kept[kept.length - 1]?.number ?? window.last, origin, lineCount, openLines: [] };
}

/** With a page that goes on where the window ends; what becomes too much at its beginning goes. */
export function appended(window: LogWindow, page: LogPage): LogWindow {
  // Lines in between are missing: the log has grown by more than a page.
  if (page.first > window.last + 1) return opened(page);
  const lines = [...window.lines, ...page.lines.filter((line) => line.number > window.last)];
  const kept = lines.slice(-MAX_LINES);
  return {
    lines: kept,
    first: kept.length < lines.length ? (kept[0]?.number ?? window.first) : window.first,
    last: Math.max(window.last, page.last),
    origin: window.origin + (lines.length - kept.length),
    lineCount: page.line_count,
    openLines: page.open_lines,
    ended: page.ended,
  };
}

/** Where the line, or the first one after it, stands among the lines of the window. */
export function positionOf(window: LogWindow, number: number): number {
  let low = 0;
  let high = window.lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((window.lines[middle]?.number ?? Infinity) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What is drawn from one place up to another: complete lines, then those that are being written. */
export function rows(window: LogWindow, from: number, to: number): { number: number | null; row: LogLine | OpenLine }[] {
  const { lines, openLines } = window;
  return [
    ...lines.slice(from, to).map((row) => ({ number: row.number, row })),
    ...openLines
      .slice(Math.max(0, from - lines.length), Math.max(0, to - lines.length))
      .map((row) => ({ number: null, row })),
  ];
}
