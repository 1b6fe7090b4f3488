import { beforeEach, describe, expect, test } from 'vitest';
import * as watchedRuns from '@/lib/watchedRuns';

const stored = () => watchedRuns.read(localStorage.getItem('taskdeck-watched-runs'));

beforeEach(() => {
  localStorage.clear();
});

test('a run is watched, has ended, and was seen', async () => {
  watchedRuns.watch(812);
  expect(stored()).toEqual({ watched: [812], ended: [] });
  expect(await watchedRuns.end(812)).toBe(true);
  expect(stored()).toEqual({ watched: [], ended: [812] });
  expect(await watchedRuns.see(812)).toBe(true);
  expect(stored()).toEqual({ watched: [], ended: [] });
});

test('of several tabs, one tells and one shows', async () => {
  watchedRuns.watch(812);
  expect(await Promise.all([watchedRuns.end(812), watchedRuns.end(812)])).toEqual([true, false]);
  expect(await Promise.all([watchedRuns.see(812), watchedRuns.see(812)])).toEqual([true, false]);
});

test('what another tab did counts, also before this one was told of it', async () => {
  watchedRuns.watch(812);
  localStorage.setItem('taskdeck-watched-runs', JSON.stringify({ watched: [813], ended: [] }));
  expect(await watchedRuns.end(812)).toBe(false);
  expect(stored()).toEqual({ watched: [813], ended: [] });
});

test('a run that nobody watches is nobody’s news', async () => {
  expect(await watchedRuns.end(812)).toBe(false);
  watchedRuns.watch(812);
  watchedRuns.forget(812);
  expect(await watchedRuns.end(812)).toBe(false);
});

test('the oldest are forgotten when there are too many', () => {
  const many = Array.from({ length: 60 }, (_, id) => id).reduce(watchedRuns.withWatched, { watched: [], ended: [] });
  expect(many.watched).toEqual(Array.from({ length: 50 }, (_, index) => index + 10));
});

describe('what was stored', () => {
  test.each([null, '', '7', '[]', 'null', '{"watched": "all"}', '{"watched": ["812", null, 1.5]}'])('means nothing if it is %j', (text) => {
    expect(watchedRuns.read(text)).toEqual({ watched: [], ended: [] });
  });
});
