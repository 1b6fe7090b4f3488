import { expect, test } from 'vitest';
import { everything, fromAddress, matching, tagsOf, toAddress } from '@/features/tasks/filter';
import { searchable } from '@/features/tasks/search';
import * as factories from '@/test/factories';

const load = factories.taskSummary({ id: 'LOAD', name: 'Load the data', description: 'From CSV files', tags: ['start'] });
const report = factories.taskSummary({ id: 'REPORT', name: 'Weekly report', description: 'A page', tags: ['report', 'start'] });
const hidden = factories.taskSummary({ id: 'UPDATE', name: 'Update', hidden: true, tags: ['admin'] });
const broken = factories.taskSummary({ id: 'BROKEN', name: 'Broken', hidden: true, runnable: false, tags: [] });
const tasks = [load, report, hidden, broken];
const ids = (filter: Partial<typeof everything>, starred: string[] = []) =>
  matching(tasks.map(searchable), { ...everything, ...filter }, starred).map(({ task }) => task.id);

test('hidden tasks are left out, but not those that are broken', () => {
  expect(ids({})).toEqual(['LOAD', 'REPORT', 'BROKEN']);
  expect(ids({ hidden: true })).toEqual(['LOAD', 'REPORT', 'UPDATE', 'BROKEN']);
});

test('every word must occur somewhere, in any spelling of capitals', () => {
  expect(ids({ text: 'csv LOAD' })).toEqual(['LOAD']);
  expect(ids({ text: 'start week' })).toEqual(['REPORT']);
  expect(ids({ text: 'csv week' })).toEqual([]);
});

test('tags are met whole, and all of them', () => {
  expect(ids({ tags: ['start'] })).toEqual(['LOAD', 'REPORT']);
  expect(ids({ tags: ['start', 'report'] })).toEqual(['REPORT']);
  expect(ids({ tags: ['star'] })).toEqual([]);
});

test('favourites come first, and can be all that is shown', () => {
  expect(ids({}, ['REPORT'])).toEqual(['REPORT', 'LOAD', 'BROKEN']);
  expect(ids({ favourites: true }, ['REPORT'])).toEqual(['REPORT']);
});

test('a better match comes before a favourite', () => {
  expect(ids({ text: 'report' }, ['LOAD'])).toEqual(['REPORT']);
  expect(ids({ text: 'load' }, ['REPORT'])).toEqual(['LOAD']);
  expect(ids({ text: 'start' }, ['REPORT'])).toEqual(['REPORT', 'LOAD']);
});

test('a filter survives its way through the address', () => {
  const filter = { text: 'été', tags: ['start', 'a b'], favourites: true, hidden: true };
  const search = new URLSearchParams(toAddress(filter).toString());
  expect({ ...fromAddress(search), text: search.get('q') }).toEqual(filter);
  expect(toAddress(everything).toString()).toBe('');
});

test('tags are listed once, in order', () => {
  expect(tagsOf(tasks)).toEqual(['admin', 'report', 'start']);
});
