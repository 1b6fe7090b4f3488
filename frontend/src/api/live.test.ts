import { QueryClient, QueryObserver } from '@tanstack/react-query';
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

const io = vi.hoisted(() => vi.fn());
vi.mock('socket.io-client', () => ({ io }));

const undo: (() => void)[] = [];
let seen: number[] = [];
const collect = (events: RunEvent[]) => seen.push(...events.map((event) => event.seq));

beforeEach(async () => {
  seen = [];
  io.mockReset().mockImplementation(() => socket);
  undo.push(live.connectCache(new QueryClient()));
  await live.open();
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

  test('is read again after a connection was gone, all of it', () => {
    const queryClient = new QueryClient();
    const invalidate = vi.spyOn(queryClient, 'invalidateQueries');
    undo.push(live.connectCache(queryClient));
    socket.accept();
    expect(invalidate).not.toHaveBeenCalled();
    socket.drop();
    socket.accept();
    expect(invalidate).toHaveBeenCalledTimes(1);
    expect(invalidate).toHaveBeenCalledWith();
  });

  test('is read again after the first connection as far as the news would have changed it', async () => {
    const read: string[] = [];
    const queryClient = new QueryClient();
    for (const queryKey of [['tasks'], ['run', 1], ['run', 1, 'source'], ['validation', 'SAMPLE', '{}']]) {
      const queryFn = () => read.push(queryKey.join(' '));
      undo.push(new QueryObserver(queryClient, { queryKey, queryFn }).subscribe(() => undefined));
    }
    await vi.waitFor(() => expect(queryClient.isFetching()).toBe(0));
    read.length = 0;
    undo.push(live.connectCache(queryClient));
    socket.accept();
    await vi.waitFor(() => expect(queryClient.isFetching()).toBe(0));
    expect(read).toEqual(['tasks', 'run 1']);
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

describe('the library of the socket', () => {
  test('is not asked for before the first page has what it asked for', async () => {
    vi.resetModules();
    const fresh = await import('@/api/live');
    const queryClient = new QueryClient();
    let answer: (value: string) => void = () => undefined;
    const queryFn = () => new Promise<string>((resolve) => (answer = resolve));
    undo.push(new QueryObserver(queryClient, { queryKey: ['tasks'], queryFn }).subscribe(() => undefined));
    undo.push(fresh.connectCache(queryClient));
    await import('socket.io-client');
    expect(io).not.toHaveBeenCalled();
    answer('here');
    await vi.waitFor(() => expect(io).toHaveBeenCalledTimes(1));
  });

  test('is tried again where it does not come, and the page says so meanwhile', async () => {
    vi.resetModules();
    vi.useFakeTimers();
    io.mockImplementationOnce(() => {
      throw new Error('Failed to fetch dynamically imported module');
    });
    const fresh = await import('@/api/live');
    await fresh.open();
    expect(fresh.currentStatus()).toBe('reconnecting');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(io).toHaveBeenCalledTimes(2);
    vi.useRealTimers();
  });
});
