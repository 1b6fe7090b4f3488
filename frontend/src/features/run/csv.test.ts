import { describe, expect, test } from 'vitest';
import { firstRows } from './csv';

describe('the rows of a CSV file', () => {
  test.each([
    ['a,b\n1,2\n', [['a', 'b'], ['1', '2']]],
    ['\uFEFFa,b\r\n1,\r\n', [['a', 'b'], ['1', '']]],
    ['"x, y","say ""hi"""\n"two\nlines",2', [['x, y', 'say "hi"'], ['two\nlines', '2']]],
    ['a\n\nb\n', [['a'], ['b']]],
    ['', []],
  ])('%j', (text, rows) => {
    expect(firstRows(text)).toEqual(rows);
  });

  test('end with the last that is whole, where the text is cut off', () => {
    expect(firstRows('a,b\n1,2\n3', { isWhole: false })).toEqual([['a', 'b'], ['1', '2']]);
  });

  test('are no more than asked for', () => {
    expect(firstRows('a\nb\nc\n', { limit: 2 })).toEqual([['a'], ['b']]);
  });
});
