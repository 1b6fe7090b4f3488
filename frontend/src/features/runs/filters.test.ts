import { expect, test } from 'vitest';
import { EVERYTHING, fromSearch, isFiltered, isSame, toSearch } from './filters';

const read = (text: string) => fromSearch(new URLSearchParams(text));

test.each([
  'task=LOAD&task=SAMPLE&status=running&status=failed&by=cli&time=hour&q=year+2023&column=year&column=district',
  'since=2026-11-21T10%3A00%3A00.000Z&until=2026-11-21T11%3A00%3A00.000Z',
  '',
])('what %j says is written the same again', (text) => {
  expect(toSearch(read(text)).toString()).toBe(text);
});

test('what an address cannot mean is left out', () => {
  expect(read('status=exploded&by=nobody&time=never&since=yesterday&task=&column=year&column=year')).toEqual({
    ...EVERYTHING,
    columns: ['year'],
  });
});

test('columns filter nothing', () => {
  expect([isFiltered(read('column=year')), isFiltered(read('q=x')), isFiltered(read('time=today'))]).toEqual([false, true, true]);
});

test('the order of choices makes no other view', () => {
  expect(isSame(read('status=failed&status=lost&task=B&task=A'), read('status=lost&status=failed&task=A&task=B'))).toBe(true);
  expect(isSame(read('status=failed'), read('status=failed&column=year'))).toBe(false);
});
