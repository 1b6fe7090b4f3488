import { describe, expect, test } from 'vitest';
import type { LogPage } from '@/api/types';
import { extended, MAX_HITS, NOTHING_FOUND, progressText } from './log-search';
import { appended, hasAfter, hasBefore, MAX_LINES, opened, positionOf, prepended } from './log-window';

const AT = '2026-11-21T10:00:00.000Z';

/** The lines `first` to `last`, or only some of them. */
function page(first: number, last: number, lineCount = 100_000, { every = 1, ended = true } = {}): LogPage {
  const lines = [];
  for (let number = first; number <= last; number++) {
    if (number % every === 0) lines.push({ number, seq: number, at: AT, source: 'stdout' as const, level: 'info' as const, text: `${number}` });
  }
  return { lines, first, last, line_count: lineCount, open_lines: [], ended };
}

const numbers = ({ lines }: { lines: readonly { number: number }[] }) => lines.map((line) => line.number);

describe('the window of a log', () => {
  test('opens with a page and knows what is around it', () => {
    const window = opened(page(501, 1000, 1000));
    expect([hasBefore(window), hasAfter(window)]).toEqual([true, false]);
    expect([hasBefore(opened(page(1, 10))), hasAfter(opened(page(1, 10)))]).toEqual([false, true]);
  });

  test('grows by pages at both ends', () => {
    const window = appended(prepended(opened(page(11, 20)), page(1, 10)), page(21, 30));
    expect(numbers(window)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    expect([window.first, window.last]).toEqual([1, 30]);
  });

  test('holds a bounded number of lines, wherever the reader goes', () => {
    let window = opened(page(90_001, 90_500));
    for (let first = 89_501; first > 60_000; first -= 500) window = prepended(window, page(first, first + 499));
    expect(window.lines).toHaveLength(MAX_LINES);
    expect([window.first, window.last, hasAfter(window)]).toEqual([60_001, 60_000 + MAX_LINES, true]);

    for (let first = window.last + 1; first < 95_000; first += 500) window = appended(window, page(first, first + 499));
    expect(window.lines).toHaveLength(MAX_LINES);
    expect(window.first).toBe(window.last - MAX_LINES + 1);
  });

  test('takes a page that overlaps it once, and one that does not touch it in its place', () => {
    expect(numbers(appended(opened(page(1, 10)), page(6, 12)))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(numbers(appended(opened(page(1, 3)), page(8, 9)))).toEqual([8, 9]);
    expect(numbers(prepended(opened(page(20, 21)), page(1, 3)))).toEqual([20, 21]);
  });

  test('knows how far it has looked, also where no line fits', () => {
    const window = prepended(opened(page(901, 1000, 1000, { every: 1000 })), page(801, 900, 1000, { every: 1000 }));
    expect(numbers(window)).toEqual([1000]);
    expect([window.first, window.last]).toEqual([801, 1000]);
    expect([positionOf(window, 999), positionOf(window, 1000), positionOf(window, 1001)]).toEqual([0, 0, 1]);
  });

  test('of a run that goes on has what came meanwhile', () => {
    const window = appended(opened(page(1, 10, 10, { ended: false })), page(11, 12, 12, { ended: true }));
    expect([window.lineCount, window.ended, hasAfter(window)]).toEqual([12, true, false]);
  });
});

describe('a search in a log', () => {
  test('goes on where the last answer ended, until it is through', () => {
    const first = extended(NOTHING_FOUND, page(1, 50, 100, { every: 25 }));
    expect([first.hits, first.upTo, first.done]).toEqual([[25, 50], 50, false]);
    expect(progressText(first, 0)).toBe('1 of 2 so far');
    const second = extended(first, page(51, 100, 100, { every: 25 }));
    expect([second.hits, second.done]).toEqual([[25, 50, 75, 100], true]);
    expect(progressText(second, 2)).toBe('3 of 4');
  });

  test('that finds nothing says so when it is sure', () => {
    expect(progressText(NOTHING_FOUND, 0)).toBe('Searching …');
    expect(progressText(extended(NOTHING_FOUND, page(1, 10, 10, { every: 99 })), 0)).toBe('Not found');
  });

  test('is bounded', () => {
    const found = extended(NOTHING_FOUND, page(1, MAX_HITS + 10));
    expect([found.hits.length, found.done]).toEqual([MAX_HITS, true]);
    expect(progressText(found, 0)).toBe('1 of 5,000+');
  });
});
