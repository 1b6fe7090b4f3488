import { expect, test } from 'vitest';
import type { NotebookOutput } from '@/api/events';
import { stored } from '@/components/outputs/output';
import { pair } from './pairs';

const text = (value: string): NotebookOutput => ({ output_type: 'stream', name: 'stdout', text: value });
const picture = (value: string): NotebookOutput => ({ output_type: 'display_data', data: { 'image/png': value, 'text/plain': '<Figure>' } });
const html = (value: string): NotebookOutput => ({ output_type: 'execute_result', data: { 'text/html': value } });

const paired = (a: NotebookOutput[], b: NotebookOutput[]) =>
  pair(stored(a), stored(b)).map(({ a: left, b: right, same }) => [left?.shown.kind ?? null, right?.shown.kind ?? null, same]);

test('outputs of one kind belong together, in their order', () => {
  expect(paired([text('x'), picture('AA'), text('y')], [picture('BB'), text('y')])).toEqual([
    ['text', null, false],
    ['image', 'image', false],
    ['text', 'text', true],
  ]);
});

test('streams that follow each other are one', () => {
  expect(paired([text('a\n'), text('b\n')], [text('a\nb\n')])).toEqual([['text', 'text', true]]);
});

test('addresses in memory and made-up ids are no difference', () => {
  expect(paired([text('<Axes at 0x7f3a11>')], [text('<Axes at 0x55beef01>')])).toEqual([['text', 'text', true]]);
});

test('a table is compared as one, other HTML is only shown', () => {
  const table = '<table><tbody><tr><td>1</td></tr></tbody></table>';
  expect(paired([html(table), html('<script>draw()</script>')], [html(table.replace('1', '2')), html('<script>paint()</script>')])).toEqual([
    ['table', 'table', false],
    ['other', 'other', false],
  ]);
});
