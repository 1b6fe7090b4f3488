import { expect, test } from 'vitest';
import { plainText } from '@/components/plainText';

test.each([
  ['Reads the **whole** file.\n\n- one & two', 'Reads the whole file. one & two'],
  ['# Claims\n\n1. *first* `cell`\n2. [the site](https://example.org)', 'Claims first cell the site'],
  ['a_name_of_a_file and 2 * 3 * 4', 'a_name_of_a_file and 2 * 3 * 4'],
  ['<b>bold</b> &amp; <script>alert(1)</script>', 'bold & alert(1)'],
  ['', ''],
])('%j is the line %j', (markdown, line) => {
  expect(plainText(markdown)).toBe(line);
});
