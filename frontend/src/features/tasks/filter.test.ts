import { expect, test } from 'vitest';
import { everything, matching, tagsOf } from '@/features/tasks/filter';
import * as factories from '@/test/factories';

const load = factories.taskSummary({ id: 'LOAD', name: 'Load the data', description: 'From CSV files', tags: ['start'] });
const report = factories.taskSummary({ id: 'REPORT', name: 'Weekly report', description: 'A page', tags: ['report', 'start'] });
const hidden = factories.taskSummary({ id: 'UPDATE', name: 'Update', hidden: true, tags: ['admin'] });
const broken = factories.taskSummary({ id: 'BROKEN', name: 'Broken', hidden: true, runnable: false, tags: [] });
const tasks = [load, report, hidden, broken];
const ids = (filter: Partial<typeof everything>) => matching(tasks, { ...everything, ...filter }).map((task) => task.id);

test('hidden tasks are left out, but not those that are broken', () => {
  expect(ids({})).toEqual(['LOAD', 'REPORT', 'BROKEN']);
  expect(ids({ hidden: true })).toEqual(['LOAD', 'REPORT', 'UPDATE', 'BROKEN']);
});

test('every word must occur somewhere, in any spelling of capitals', () => {
  expect(ids({ text: 'csv LOAD' })).toEqual(['LOAD']);
  expect(ids({ text: 'start week' })).toEqual(['REPORT']);
  expect(ids({ text: 'csv week' })).toEqual([]);
});

test('a tag is met whole', () => {
  expect(ids({ tag: 'start' })).toEqual(['LOAD', 'REPORT']);
  expect(ids({ tag: 'star' })).toEqual([]);
});

test('tags are listed once, in order', () => {
  expect(tagsOf(tasks)).toEqual(['admin', 'report', 'start']);
});
