/** Which runs a list holds: one form for what is asked of the server and for what its news are checked against. Pure. */

import type { RunFilters } from '@/api/queries';
import type { Run, RunStatus, Trigger } from '@/api/types';
import { startOfDay } from '@/lib/wallTime';

export const RECENT = ['hour', 'day', 'week'] as const;
export type Recent = (typeof RECENT)[number] | 'today';

export type TimeFilter =
  | { readonly kind: 'recent'; readonly span: Recent }
  | { readonly kind: 'between'; readonly since: string | null; readonly until: string | null };

/** Every filter said, so that two ways to ask the same are the same key. */
export interface RunFilter {
  readonly tasks: readonly string[];
  readonly statuses: readonly RunStatus[];
  readonly triggers: readonly Trigger[];
  readonly time: TimeFilter | null;
  readonly words: string;
}

export function normal({ task, status, triggeredBy, time, words }: RunFilters): RunFilter {
  return {
    tasks: listOf(task),
    statuses: listOf(status),
    triggers: listOf(triggeredBy),
    time: time ?? null,
    words: words?.trim() ?? '',
  };
}

function listOf<T extends string>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return (typeof value === 'string' ? [value] : value).toSorted();
}

const HOUR = 3_600_000;
const MILLISECONDS = { hour: HOUR, day: 24 * HOUR, week: 7 * 24 * HOUR };

/** From and to, in ISO 8601; a recent time is counted from `now`. */
export function span(time: TimeFilter | null, now = new Date()): { since: string | null; until: string | null } {
  if (time === null) return { since: null, until: null };
  if (time.kind === 'between') return { since: time.since, until: time.until };
  const since = time.span === 'today' ? startOfDay(now) : new Date(now.getTime() - MILLISECONDS[time.span]);
  return { since: since.toISOString(), until: null };
}

/** As the server decides it. */
export function fits(run: Run, filter: RunFilter, now = new Date()): boolean {
  const { since, until } = span(filter.time, now);
  const createdAt = Date.parse(run.created_at);
  return (
    oneOf(filter.tasks, run.task) &&
    oneOf(filter.statuses, run.status) &&
    oneOf(filter.triggers, run.trigger) &&
    (since === null || createdAt >= Date.parse(since)) &&
    (until === null || createdAt < Date.parse(until)) &&
    hasWords(run, filter.words)
  );
}

function oneOf<T>(wanted: readonly T[], value: T): boolean {
  return wanted.length === 0 || wanted.includes(value);
}

const MAX_WORDS = 8;

function hasWords(run: Run, words: string): boolean {
  const number = /^#(\d{1,15})$/.exec(words)?.[1];
  if (number !== undefined) return run.id === Number(number);
  if (words === '') return true;
  const text = [run.task_name, run.reason, ...Object.entries(run.parameters).flat().map(String)].join('\n').toLowerCase();
  return words
    .split(/\s+/)
    .slice(0, MAX_WORDS)
    .every((word) => text.includes(word.toLowerCase()) || String(run.id) === word);
}
