import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RunEvent } from '@/api/events';
import * as live from '@/api/live';
import type { Run } from '@/api/types';
import * as factories from '@/test/factories';
import { socket } from '@/test/socket';

function message(seq: number): RunEvent {
  return { type: 'message', seq, at: '2026-11-21T10:00:00.000Z', attempt: 1, level: 'info', text: `line ${seq}`, source: 'task' };
}

const frame = (runId: number, seqs: number[], ended = false) => ({
  run_id: runId,
  events: seqs.map(message),
  last_seq: seqs.at(-1) ?? 0,
  ended,
});

const undo: (() => void)[] = [];
let seen: number[] = [];
const collect = (events: RunEvent[]) => seen.push(...events.map((event) => event.seq));

beforeEach(() => {
  seen = [];
  undo.push(live.connectCache(new QueryClient()));
  socket.accept();
  socket.sent = [];
});

afterEach(() => {
  for (const each of undo.splice(0)) each();
});

describe('watching a run', () => {
  test('asks for what comes after the last known event', () => {
    undo.push(live.watchRun(1, 40, collect));
    expect(socket.requests('watch')).toEqual([{ run_id: 1, after: 40 }]);
    socket.receive('events', frame(1, [41, 42]));
    expect(seen).toEqual([41, 42]);
  });

  test('goes on after a reconnection from the last event it has', () => {
    undo.push(live.watchRun(1, 0, collect));
    socket.receive('events', frame(1, [1, 2, 3]));
    socket.drop();
    socket.sent = [];
    socket.accept();
    expect(socket.requests('watch')).toEqual([{ run_id: 1, after: 3 }]);
    socket.receive('events', frame(1, [3, 4]));
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  test('asks again when events are missing', () => {
    undo.push(live.watchRun(1, 0, collect));
    socket.receive('events', frame(1, [1]));
    socket.sent = [];
    socket.receive('events', frame(1, [3]));
    expect(socket.requests('watch')).toEqual([{ run_id: 1, after: 1 }]);
    socket.receive('events', frame(1, [2, 3]));
    expect(seen).toEqual([1, 2, 3]);
  });

  test('acknowledges each frame, so that the server sends the next', () => {
    undo.push(live.watchRun(1, 0, collect));
    const acknowledge = vi.fn();
    socket.receive('events', frame(1, [1]), acknowledge);
    socket.receive('events', frame(1, [1]), acknowledge);
    expect(acknowledge).toHaveBeenCalledTimes(2);
  });

  test('says why the server refuses', () => {
    const onProblem = vi.fn();
    undo.push(live.watchRun(99, 0, collect, onProblem));
    const acknowledge = socket.sent.at(-1)?.values[1] as (answer: unknown) => void;
    acknowledge({ ok: false, detail: 'There is no run 99.' });
    expect(onProblem).toHaveBeenCalledWith('There is no run 99.');
  });

  test('of one run by two, each from its own place, ends for the server with the second', () => {
    const others: number[] = [];
    const stopFirst = live.watchRun(1, 0, collect);
    const stopSecond = live.watchRun(1, 2, (events) => others.push(...events.map((event) => event.seq)));
    socket.receive('events', frame(1, [1, 2, 3]));
    expect([seen, others]).toEqual([[1, 2, 3], [3]]);
    stopFirst();
    expect(socket.requests('unwatch')).toEqual([]);
    stopSecond();
    expect(socket.requests('unwatch')).toEqual([{ run_id: 1 }]);
  });

  test('of one run takes nothing from another', () => {
    undo.push(live.watchRun(1, 0, collect));
    socket.receive('events', frame(2, [1]));
    expect(seen).toEqual([]);
  });
});

describe('the status', () => {
  test('is connected, then reconnecting, then connected again', () => {
    expect(live.currentStatus()).toBe('connected');
    socket.drop();
    expect(live.currentStatus()).toBe('reconnecting');
    socket.accept();
    expect(live.currentStatus()).toBe('connected');
  });

  test('is offline while the browser has no network', () => {
    window.dispatchEvent(new Event('offline'));
    expect(live.currentStatus()).toBe('offline');
  });

  test('is made anew when the network is back, even where nothing had noticed that it was gone', () => {
    window.dispatchEvent(new Event('offline'));
    expect(socket.connected).toBe(true);
    window.dispatchEvent(new Event('online'));
    expect(socket.connected).toBe(false);
    socket.accept();
    expect(live.currentStatus()).toBe('connected');
    socket.accept();
  });

  test('is refused when the server wants a sign-in', () => {
    socket.connected = false;
    socket.refuse();
    expect(live.currentStatus()).toBe('refused');
    socket.active = true;
    socket.accept();
  });
});

describe('the cache', () => {
  test('takes the news of a run', () => {
    const queryClient = new QueryClient();
    undo.push(live.connectCache(queryClient));
    const run = factories.run({ status: 'running' });
    socket.receive('run', run);
    expect(queryClient.getQueryData<Run>(['run', run.id])).toEqual(run);
  });

  test('is read again after a connection was gone, and not after the first', () => {
    const queryClient = new QueryClient();
    const invalidate = vi.spyOn(queryClient, 'invalidateQueries');
    undo.push(live.connectCache(queryClient));
    socket.accept();
    expect(invalidate).not.toHaveBeenCalled();
    socket.drop();
    socket.accept();
    expect(invalidate).toHaveBeenCalledTimes(1);
  });

  test.each([
    ['catalog', { version: 'v2' }],
    ['config', { version: 41, at: '2026-11-21T10:02:00.000Z', by: 'CI', trigger: 'api', message: '', catalog_version: 'v2' }],
  ])('is read again when the configuration changed, as %s tells', (name, frame) => {
    const queryClient = new QueryClient();
    const keys = [['tasks'], ['tasks', 'navigation'], ['task', 'SAMPLE'], ['connections'], ['config'], ['config', 'versions']];
    for (const key of [...keys, ['run', 1]]) queryClient.setQueryData(key, {});
    undo.push(live.connectCache(queryClient));
    socket.receive(name, frame);
    for (const key of keys) expect(queryClient.getQueryState(key)?.isInvalidated).toBe(true);
    expect(queryClient.getQueryState(['run', 1])?.isInvalidated).toBe(false);
  });
});
