import { expect, test } from 'vitest';
import { highlight } from '@/components/highlight';
import { marksOf } from './marks';

test('each colour is where its word is, whatever is escaped before it', () => {
  const code = 'if a < b and "x & y":\n    return 1  # größer';
  const marks = marksOf(highlight(code, 'python')).map(({ from, to, className }) => [className, code.slice(from, to)]);
  expect(marks).toEqual([
    ['hljs-keyword', 'if'],
    ['hljs-keyword', 'and'],
    ['hljs-string', '"x & y"'],
    ['hljs-keyword', 'return'],
    ['hljs-number', '1'],
    ['hljs-comment', '# größer'],
  ]);
});

test('colours within colours are told from the outside to the inside', () => {
  const code = 'f"{len(x)} rows"';
  const marks = marksOf(highlight(code, 'python')).map(({ from, to }) => code.slice(from, to));
  expect(marks.slice(0, 2)).toEqual(['f"{len(x)} rows"', '{len(x)}']);
});

test('text without colours has no marks', () => {
  expect(marksOf('a &lt; b')).toEqual([]);
});
