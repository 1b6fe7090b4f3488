import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EMPTY_TERMINAL, feed, isBlank, MAX_LINE } from './terminal';

const ESC = '\x1b';

/** All lines after these pieces were written, the open one last. */
function lines(...pieces: string[]): string[] {
  const closed: string[] = [];
  let open = EMPTY_TERMINAL;
  for (const piece of pieces) {
    const result = feed(open, piece);
    closed.push(...result.closed);
    open = result.open;
  }
  return [...closed, open.text];
}

// eslint-disable-next-line no-control-regex -- escape sequences begin with a control character
const plain = (text: string) => text.replace(/\x1b\[[0-9;]*m/g, '');

test('text is split at line ends, also when a line comes in pieces', () => {
  expect(lines('one\ntw', 'o\n\nfour')).toEqual(['one', 'two', '', 'four']);
});

describe('a carriage return', () => {
  test('overwrites the line from its start and keeps what is longer', () => {
    expect(lines('loading 10%', '\rloading 20%')).toEqual(['loading 20%']);
    expect(lines('123456\rab')).toEqual(['ab3456']);
    expect(lines('123456\r', 'ab', 'cd', '\n')).toEqual(['abcd56', '']);
  });

  test('before a line end is only a line end', () => {
    expect(lines('a\r\nb\r', '\nc')).toEqual(['a', 'b', 'c']);
  });

  test('redraws the bar of tqdm in one line', () => {
    expect(lines('\r  0%|          | 0/2', '\r 50%|#####     | 1/2', '\r100%|##########| 2/2', '\n')).toEqual([
      '100%|##########| 2/2',
      '',
    ]);
  });

  test('overwrites coloured text by what is seen, not by its escape sequences', () => {
    expect(lines(`${ESC}[31mred${ESC}[0m tail\rblue`)).toEqual([`bluetail`]);
    expect(plain(lines(`abc\r${ESC}[32mX${ESC}[0m`)[0] ?? '')).toBe('Xbc');
    expect(lines(`abc\r${ESC}[32mX${ESC}[0m`)).toEqual([`${ESC}[32mX${ESC}[0mbc`]);
  });
});

test('a backspace moves back and never before the line', () => {
  expect(lines('abc\b\bX')).toEqual(['aXc']);
  expect(lines('a\b\b\bX')).toEqual(['X']);
  expect(lines('spin |\b/', '\b-')).toEqual(['spin -']);
});

test('erase sequences clear what they say', () => {
  expect(lines(`downloading…\r${ESC}[Kdone`)).toEqual(['done']);
  expect(lines(`downloading…${ESC}[2K\rdone`)).toEqual(['done']);
  expect(lines(`abcdef\rab${ESC}[K`)).toEqual(['ab']);
});

test('cursor movements that are not for one line, and titles, are dropped', () => {
  expect(lines(`a${ESC}[2Ab`)).toEqual(['ab']);
  expect(lines(`${ESC}]0;title\x07text`)).toEqual(['text']);
  expect(lines(`${ESC}]8;;https://example.org${ESC}\\link${ESC}]8;;${ESC}\\`)).toEqual(['link']);
});

test('a colour goes on in the next line until it is reset', () => {
  expect(lines(`${ESC}[31mone\ntwo${ESC}[0m\nthree`)).toEqual([`${ESC}[31mone`, `${ESC}[31mtwo${ESC}[0m`, 'three']);
});

test('an escape sequence may be cut anywhere', () => {
  const text = `a${ESC}[1;31mred${ESC}[0m\rb${ESC}[Kc\n${ESC}[32mgreen`;
  for (let at = 0; at <= text.length; at++) {
    expect(lines(text.slice(0, at), text.slice(at))).toEqual(lines(text));
  }
});

test('however the text is cut, the lines are the same', () => {
  const piece = fc.constantFrom('a', 'bc', '\n', '\r', '\b', `${ESC}[31m`, `${ESC}[0m`, `${ESC}[K`, 'é', '█', ' ');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.array(fc.nat(80), { maxLength: 6 }), (pieces, cuts) => {
      const text = pieces.join('');
      const at = [0, ...cuts.filter((cut) => cut <= text.length).sort((a, b) => a - b), text.length];
      const cut = at.slice(1).map((end, index) => text.slice(at[index], end));
      expect(lines(...cut).map(plain)).toEqual(lines(text).map(plain));
    }),
  );
});

test('a line without an end is cut, the next one is not', () => {
  const [long, next] = lines('x'.repeat(MAX_LINE), 'y'.repeat(10), '\nshort');
  expect(long).toHaveLength(MAX_LINE);
  expect(next).toBe('short');
});

test('a line of nothing but colours is blank', () => {
  expect(isBlank(feed(EMPTY_TERMINAL, `${ESC}[0m`).open)).toBe(true);
  expect(isBlank(feed(EMPTY_TERMINAL, 'a').open)).toBe(false);
});
