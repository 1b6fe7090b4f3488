/** How long a run still takes, from what its cells usually take. Pure. */

import type { Estimate } from '@/api/types';
import type { Cell } from './run-state';

export type Outlook =
  /** Nothing is known that it could rest on. */
  | { kind: 'unknown' }
  | {
      kind: 'left';
      /** Of the running cell and those to come. */
      seconds: number;
      /** From 0 to 1. */
      share: number;
      /** So many cells to come have not been timed yet: it takes longer than said. */
      untimed: number;
    }
  | {
      /** What runs now has passed its usual time: nobody knows when it ends. */
      kind: 'longer';
      /** What follows it usually takes so long. */
      after: number;
      share: number;
    };

interface Progress {
  readonly cells: readonly Cell[];
  /** Index of the running cell. */
  readonly running: number | null;
  /** Since the run began. */
  readonly elapsedSeconds: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Times vary: so much beyond the usual is not worth a word. */
const TOLERANCE = 1.25;
const TOLERANCE_SECONDS = 2;
/** A run in progress never looks as if it were over. */
const MAX_SHARE = 0.99;
const SLOW = 2;
const SLOW_SECONDS = 1;

export function outlook(estimate: Estimate | undefined, { cells, running, elapsedSeconds, now }: Progress): Outlook {
  if (!estimate || estimate.run_count === 0 || estimate.seconds === null) return { kind: 'unknown' };
  const usual = usualSeconds(estimate);
  const code = cells.filter((cell) => cell.type === 'code' && cell.source.trim() !== '');
  if (code.length === 0 || !code.some((cell) => usual.has(cell.index))) return whole(estimate.seconds, elapsedSeconds);
  const toCome = code.filter((cell) => cell.state === 'waiting');
  const after = sum(toCome.map((cell) => usual.get(cell.index) ?? 0));
  const untimed = toCome.filter((cell) => !usual.has(cell.index)).length;
  const current = running === null ? undefined : cells[running];
  const currentUsual = current && usual.get(current.index);
  let currentLeft = 0;
  if (current?.startedAt && currentUsual !== undefined) {
    const taken = (now - new Date(current.startedAt).getTime()) / 1000;
    if (isOver(taken, currentUsual)) return { kind: 'longer', after, share: share(elapsedSeconds, after) };
    currentLeft = Math.max(0, currentUsual - taken);
  }
  const seconds = after + currentLeft;
  const isUntimed = current !== undefined && currentUsual === undefined ? 1 : 0;
  return { kind: 'left', seconds, share: share(elapsedSeconds, seconds), untimed: untimed + isUntimed };
}

/** A script has no cells, and a notebook none before it tells them. */
function whole(usual: number, elapsed: number): Outlook {
  if (isOver(elapsed, usual)) return { kind: 'longer', after: 0, share: MAX_SHARE };
  const seconds = Math.max(0, usual - elapsed);
  return { kind: 'left', seconds, share: share(elapsed, seconds), untimed: 0 };
}

function isOver(taken: number, usual: number): boolean {
  return taken > usual * TOLERANCE && taken > usual + TOLERANCE_SECONDS;
}

function share(elapsed: number, left: number): number {
  return elapsed + left <= 0 ? 0 : Math.min(MAX_SHARE, Math.max(0, elapsed) / (Math.max(0, elapsed) + left));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** By index of the cell. */
export function usualSeconds(estimate: Estimate | undefined): ReadonlyMap<number, number> {
  return new Map(estimate?.cells.map((cell) => [cell.index, cell.seconds]));
}

/** "4" for a cell that took, or has taken by now, four times as long as usual; `null` where that is nothing to speak of. */
export function timesSlower(seconds: number | null, usual: number | undefined): number | null {
  if (seconds === null || usual === undefined || usual <= 0) return null;
  const times = seconds / usual;
  return times >= SLOW && seconds - usual >= SLOW_SECONDS ? Math.round(times) : null;
}

/** In steps as coarse as the guess is: a second, five, ten, a minute. */
export function rounded(seconds: number): number {
  const step = seconds < 10 ? 1 : seconds < 60 ? 5 : seconds < 600 ? 10 : 60;
  return Math.max(1, Math.ceil(seconds / step) * step);
}
