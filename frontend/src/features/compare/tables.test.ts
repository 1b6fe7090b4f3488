import { expect, test } from 'vitest';
import { compare, read, type Table } from './tables';

const frame = (columns: string[], rows: Record<string, string[]>) =>
  `<table border="1" class="dataframe"><thead><tr><th></th>${columns.map((name) => `<th>${name}</th>`).join('')}</tr></thead>` +
  `<tbody>${Object.entries(rows)
    .map(([name, cells]) => `<tr><th>${name}</th>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`)
    .join('')}</tbody></table>`;
const table = (columns: string[], rows: Record<string, string[]>): Table => {
  const found = read(frame(columns, rows));
  if (!found) throw new Error('not read as a table');
  return found;
};

test('a frame of pandas is read with its titles and the names of its rows', () => {
  expect(table(['cases'], { Kampala: ['12'] })).toEqual({
    head: [{ cells: ['', 'cases'], headings: 0 }],
    body: [{ cells: ['Kampala', '12'], headings: 1 }],
  });
});

test.each(['<p>text</p>', '<table></table><table></table>', '<table><tr><td rowspan="2">1</td></tr></table>', '<script>x</script>'])(
  '%s is no table to compare',
  (html) => {
    expect(read(html)).toBeNull();
  },
);

test('values are compared in rows and columns of the same name, wherever they stand', () => {
  const a = table(['cases', 'deaths'], { Kampala: ['12', '1'], Mubende: ['30', '4'], Gulu: ['5', '0'] });
  const b = table(['deaths', 'cases'], { Mubende: ['4', '31'], Kampala: ['1', '12'], Arua: ['0', '2'] });
  const compared = compare(a, b);
  expect([compared.changed, compared.onlyA, compared.onlyB]).toEqual([1, 1, 1]);
  expect(compared.a.body.map((row) => row.changed)).toEqual([
    [false, false, false],
    [false, true, false],
    [false, false, false],
  ]);
  expect(compared.b.body[0]?.changed).toEqual([false, false, true]);
  expect(compared.a.body.map((row) => row.alone)).toEqual([false, false, true]);
});

test('rows whose names do not tell them apart are matched by their place', () => {
  const rows = (...values: string[]) => read(`<table><tbody>${values.map((value) => `<tr><td>${value}</td></tr>`).join('')}</tbody></table>`);
  const [a, b] = [rows('1', '2'), rows('1', '3', '4')];
  if (!a || !b) throw new Error('not read as a table');
  const compared = compare(a, b);
  expect([compared.changed, compared.onlyA, compared.onlyB]).toEqual([1, 0, 1]);
});
