import { expect, test } from 'vitest';
import { withoutT } from '@/lib/moments';

test.each([
  ['2022-11-10T08:30:00', '2022-11-10 08:30'],
  ['2022-11-10T08:30', '2022-11-10 08:30'],
  ['2022-11-10T08:30:15', '2022-11-10 08:30:15'],
  ['2022-11-10T08:30:00.250', '2022-11-10 08:30:00.250'],
])('a date with a time is read as people write it: %s', (text, shown) => {
  expect(withoutT(text)).toBe(shown);
});

test.each(['2022-11-10', 'T', '2022-11-10T08:30:00+02:00', 'from 2022-11-10T08:30', 'DISTRICT-T1'])('other texts stay as they are: %s', (text) => {
  expect(withoutT(text)).toBe(text);
});
