import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RunEvent } from '@/api/events';
import { createRunStore } from './run-store';

const message = (seq: number): RunEvent => ({
  seq,
  at: '2026-11-21T10:00:00.000Z',
  attempt: 1,
  type: 'message',
  level: 'info',
  text: `Message ${seq}`,
  source: 'task',
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('events of one frame are taken together', () => {
  const store = createRunStore();
  const listener = vi.fn();
  store.subscribe(listener);
  store.push([message(1)]);
  store.push([message(2), message(3)]);
  expect(store.get().lastSeq).toBe(0);
  vi.advanceTimersToNextFrame();
  expect(store.get().lastSeq).toBe(3);
  expect(listener).toHaveBeenCalledTimes(1);
});

test('a hidden page goes on, though it gets no frames', () => {
  const store = createRunStore();
  vi.stubGlobal('requestAnimationFrame', () => 1);
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
  store.push([message(1)]);
  vi.advanceTimersByTime(300);
  expect(store.get().lastSeq).toBe(1);
});

test('a page that is hidden before its next frame goes on', () => {
  const store = createRunStore();
  vi.stubGlobal('requestAnimationFrame', () => 1);
  store.push([message(1)]);
  vi.advanceTimersByTime(300);
  expect(store.get().lastSeq).toBe(1);
});

test('what is known already wakes nobody', () => {
  const store = createRunStore();
  store.push([message(1)]);
  store.flush();
  const listener = vi.fn();
  store.subscribe(listener);
  store.push([message(1)]);
  store.flush();
  expect(listener).not.toHaveBeenCalled();
});

test('slow drawing makes the next one wait, so that the page stays usable', () => {
  const store = createRunStore();
  let draws = 0;
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  store.subscribe(() => {
    draws += 1;
    now += 100;
  });
  store.push([message(1)]);
  vi.advanceTimersByTime(20);
  expect(draws).toBe(1);
  store.push([message(2)]);
  vi.advanceTimersByTime(150);
  expect(draws).toBe(1);
  vi.advanceTimersByTime(100);
  expect(draws).toBe(2);
});

test('what waited when it was closed is asked for again, not lost', () => {
  const store = createRunStore();
  store.push([message(1)]);
  store.flush();
  store.push([message(2)]);
  store.close();
  vi.advanceTimersByTime(1_000);
  expect(store.get().lastSeq).toBe(1);
  store.push([message(2), message(3)]);
  store.flush();
  expect(store.get().lastSeq).toBe(3);
});
