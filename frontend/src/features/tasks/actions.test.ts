import { expect, test } from 'vitest';
import * as factories from '@/test/factories';
import { leaves } from './actions';

const item = factories.navigationItem;

test('in a row, each action tells the groups it is in; a group that runs a task is one itself', () => {
  const found = leaves([
    item({ title: 'Refresh' }),
    item({ title: 'Reports', task: null, items: [item({ title: 'Weekly' }), item({ title: 'Yearly', items: [item({ title: 'Draft' })] })] }),
  ]);
  expect(found.map(({ item: { title }, groups }) => [...groups, title].join(' / '))).toEqual([
    'Refresh',
    'Reports / Weekly',
    'Reports / Yearly',
    'Reports / Yearly / Draft',
  ]);
});
