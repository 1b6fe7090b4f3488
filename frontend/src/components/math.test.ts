import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pieces } from './math';

const inline = (tex: string) => ({ tex, display: false });
const display = (tex: string) => ({ tex, display: true });

describe('formulas', () => {
  test.each([
    ['The rate $R_t$ falls.', ['The rate ', inline('R_t'), ' falls.']],
    ['\\(a_1\\) and \\[b\\]', [inline('a_1'), ' and ', display('b')]],
    ['$$\n\\sum_i x_i\n$$', [display('\\sum_i x_i')]],
    ['\\begin{align}a&=b\\end{align}', [display('\\begin{align}a&=b\\end{align}')]],
    ['$a$, $b$', [inline('a'), ', ', inline('b')]],
    ['$\\$5$', [inline('\\$5')]],
  ])('%j', (text, expected) => {
    expect(pieces(text)).toEqual(expected);
  });
});

describe('no formulas', () => {
  test.each([
    'It costs $5 to $10.',
    'From $20 and$30',
    '`$x$` is code',
    '``a ` $x$``',
    '```\n$x$\n```\nafter',
    '~~~r\ndf$x + df$y\n~~~',
    '\\$x\\$',
    '$ x $',
    '$a\n\nb$',
  ])('%j', (text) => {
    expect(pieces(text)).toEqual([text]);
  });
});

test('nothing of a text is lost, whatever it is', () => {
  const character = fc.constantFrom('a', ' ', '\n', '$', '\\', '`', '~', '(', ')', '1', '{', '}');
  fc.assert(
    fc.property(fc.array(character).map((parts) => parts.join('')), (text) => {
      const found = pieces(text);
      if (found.every((piece) => typeof piece === 'string')) expect(found.join('')).toBe(text);
      for (const piece of found) if (typeof piece === 'string') expect(text).toContain(piece);
    }),
  );
});
