import { afterEach, describe, expect, test } from 'vitest';
import { fits, normal, span } from '@/api/runFilter';
import * as preferences from '@/lib/preferences';
import * as factories from '@/test/factories';

const now = new Date('2026-11-21T13:00:00Z');
const run = factories.run({
  id: 812,
  status: 'failed',
  reason: 'ValueError: no data',
  parameters: { district: 'Mubende', year: 2023 },
  created_at: '2026-11-21T10:00:00.000Z',
});

afterEach(() => preferences.set(preferences.DEFAULTS));

test('one value and a list of it, in any order, ask the same', () => {
  expect(normal({ task: 'A', words: ' x ' })).toEqual(normal({ task: ['A'], words: 'x' }));
  expect(normal({ task: ['B', 'A'] })).toEqual(normal({ task: ['A', 'B'] }));
});

test.each([
  ['of any of the tasks', { task: ['LOAD', 'SAMPLE'] }, true],
  ['of another task', { task: 'LOAD' }, false],
  ['with one of the statuses', { status: ['failed', 'lost'] as const }, true],
  ['with another status', { status: 'running' as const }, false],
  ['started otherwise', { triggeredBy: ['cli'] as const }, false],
  ['with all words, in a value and in the reason', { words: 'mubende ERROR' }, true],
  ['without one of the words', { words: 'mubende missing' }, false],
  ['of this number', { words: '#812' }, true],
  ['of another number that holds it', { words: '#81' }, false],
  ['of the last day', { time: { kind: 'recent', span: 'day' } as const }, true],
  ['older than an hour', { time: { kind: 'recent', span: 'hour' } as const }, false],
  ['before the end', { time: { kind: 'between', since: null, until: '2026-11-21T11:00:00.000Z' } as const }, true],
  ['exactly at the end', { time: { kind: 'between', since: null, until: '2026-11-21T10:00:00.000Z' } as const }, false],
  ['exactly at the beginning', { time: { kind: 'between', since: '2026-11-21T10:00:00.000Z', until: null } as const }, true],
])('a run %s: %j → %s', (_, filters, expected) => {
  expect(fits(run, normal(filters), now)).toBe(expected);
});

describe('today', () => {
  test('begins at midnight of the chosen zone', () => {
    preferences.set({ timeZone: 'Africa/Kampala' });
    expect(span({ kind: 'recent', span: 'today' }, now).since).toBe('2026-11-20T21:00:00.000Z');
  });

  test('begins at midnight also on a day whose clocks change', () => {
    preferences.set({ timeZone: 'Europe/Berlin' });
    expect(span({ kind: 'recent', span: 'today' }, new Date('2026-03-29T12:00:00Z')).since).toBe('2026-03-28T23:00:00.000Z');
  });
});
