import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contrast, readable, spans, withoutAnsi } from './ansi';

const ESC = '\x1b';

test('plain text stays one piece', () => {
  expect(spans('a < b & c', 'light')).toEqual([{ text: 'a < b & c' }]);
  expect(spans('', 'light')).toEqual([]);
});

test('colours and decorations end where they are reset', () => {
  const [red, rest] = spans(`${ESC}[1;31mred${ESC}[0m rest`, 'light');
  expect(red).toMatchObject({ text: 'red', bold: true });
  expect(red?.color).toMatch(/^rgb/);
  expect(rest).toEqual({ text: ' rest' });
});

test('every colour is readable on every surface and background', () => {
  const rgb = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255));
  fc.assert(
    fc.property(rgb, rgb, (front, back) => {
      expect(contrast(readable(front, back), back)).toBeGreaterThanOrEqual(4.5);
    }),
  );
});

test('the 256 colours are those of xterm, and true colours are taken as they are', () => {
  expect(spans(`${ESC}[38;5;22mx`, 'light')[0]?.color).toBe('rgb(0, 95, 0)');
  expect(spans(`${ESC}[38;5;233mx`, 'light')[0]?.color).toBe('rgb(18, 18, 18)');
  expect(spans(`${ESC}[38;2;10;20;30mx`, 'light')[0]?.color).toBe('rgb(10, 20, 30)');
  expect(spans(`${ESC}[48;5;226mx`, 'dark')[0]).toMatchObject({ background: 'rgb(255, 255, 0)' });
});

test('reversed text swaps its colours', () => {
  expect(spans(`${ESC}[7mx`, 'light')[0]).toMatchObject({ background: expect.any(String) as string, color: expect.any(String) as string });
});

test('what is no colour is dropped', () => {
  expect(withoutAnsi(`${ESC}[2K${ESC}]8;;https://example.org${ESC}\\link${ESC}]8;;${ESC}\\ ${ESC}[31mred${ESC}[0m`)).toBe('link red');
});
