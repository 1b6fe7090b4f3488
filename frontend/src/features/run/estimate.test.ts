import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Estimate } from '@/api/types';
import { outlook, rounded, timesSlower } from './estimate';
import type { Cell, CellState } from './run-state';

const NOW = Date.parse('2026-11-21T10:00:00.000Z');
const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

const cell = (index: number, state: CellState, changes: Partial<Cell> = {}): Cell => ({
  index, id: `c${index}`, type: 'code', source: 'x', tags: [], number: index + 1, state, startedAt: null, seconds: null,
  cpuSeconds: null, peakMemory: null, executionCount: null, outputs: [], forgotten: 0, ...changes,
});
const estimate = (seconds: number | null, ...cells: number[]): Estimate => ({
  run_id: 1, basis: 'all_runs', run_count: seconds === null ? 0 : 5, seconds,
  cells: cells.map((each, index) => ({ index, seconds: each, run_count: 5 })),
});
const at = (cells: Cell[], running: number | null, elapsedSeconds: number) => ({ cells, running, elapsedSeconds, now: NOW });

describe('what is left of a notebook', () => {
  test('is what is left of the running cell, and the cells to come', () => {
    const cells = [cell(0, 'ok'), cell(1, 'running', { startedAt: ago(4) }), cell(2, 'waiting'), cell(3, 'waiting')];
    expect(outlook(estimate(100, 1, 10, 20, 30), at(cells, 1, 14))).toEqual({ kind: 'left', seconds: 56, share: 0.2, untimed: 0 });
  });

  test('counts neither texts nor empty cells', () => {
    const cells = [cell(0, 'ok'), cell(1, 'waiting', { type: 'markdown' }), cell(2, 'waiting', { source: ' \n' })];
    expect(outlook(estimate(1, 1), at(cells, null, 1))).toMatchObject({ seconds: 0, untimed: 0 });
  });

  test('is at least that where a cell is new', () => {
    const cells = [cell(0, 'running', { startedAt: ago(0) }), cell(1, 'waiting'), cell(2, 'waiting')];
    expect(outlook(estimate(50, 10, 20), at(cells, 0, 0))).toMatchObject({ kind: 'left', seconds: 30, untimed: 1 });
  });

  test('is not known of a cell that has passed its usual time; what follows it is', () => {
    const cells = [cell(0, 'running', { startedAt: ago(40) }), cell(1, 'waiting')];
    expect(outlook(estimate(30, 10, 20), at(cells, 0, 40))).toMatchObject({ kind: 'longer', after: 20 });
  });

  test('is not called longer for a moment more than usual', () => {
    const cells = [cell(0, 'running', { startedAt: ago(11) })];
    expect(outlook(estimate(10, 10), at(cells, 0, 11))).toMatchObject({ kind: 'left', seconds: 0 });
  });
});

test('of a script, the whole is what it rests on', () => {
  expect(outlook(estimate(40), at([], null, 10))).toEqual({ kind: 'left', seconds: 30, share: 0.25, untimed: 0 });
  expect(outlook(estimate(40), at([], null, 60))).toMatchObject({ kind: 'longer', after: 0 });
});

test('where no earlier run succeeded, nothing is said', () => {
  expect(outlook(estimate(null), at([], null, 10))).toEqual({ kind: 'unknown' });
  expect(outlook(undefined, at([], null, 10))).toEqual({ kind: 'unknown' });
});

test('a run in progress never looks over, nor less than begun', () => {
  const seconds = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(seconds, fc.array(seconds, { maxLength: 5 }), seconds, fc.nat(4), (usual, usualCells, elapsed, running) => {
      const cells = usualCells.map((_, index) =>
        cell(index, index < running ? 'ok' : index === running ? 'running' : 'waiting', { startedAt: ago(elapsed) }),
      );
      const found = outlook(estimate(usual, ...usualCells), at(cells, running < cells.length ? running : null, elapsed));
      expect(found.kind).not.toBe('unknown');
      if (found.kind === 'unknown') return;
      expect(found.share).toBeGreaterThanOrEqual(0);
      expect(found.share).toBeLessThan(1);
      if (found.kind === 'left') expect(found.seconds).toBeGreaterThanOrEqual(0);
    }),
  );
});

test.each([
  [8, 2, 4],
  [3.9, 2, null],
  [0.9, 0.1, null],
  [10, undefined, null],
  [null, 2, null],
])('%s s where %s s is usual: %s times', (seconds, usual, times) => {
  expect(timesSlower(seconds, usual)).toBe(times);
});

test.each([
  [0, 1],
  [3.2, 4],
  [41, 45],
  [130, 130],
  [131, 140],
  [3500, 3540],
])('%s s is said as %s s', (seconds, said) => {
  expect(rounded(seconds)).toBe(said);
});
