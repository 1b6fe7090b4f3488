import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as json from '@/features/run-drawer/json';

function read(text: string): unknown {
  const parsed = json.parse(text);
  if ('mistake' in parsed) throw new Error(`${parsed.mistake.kind} at ${parsed.mistake.line}:${parsed.mistake.column}`);
  return Object.fromEntries(parsed.members.map(({ name, value }) => [name, value]));
}

function mistake(text: string): string {
  const parsed = json.parse(text);
  return 'mistake' in parsed ? `${parsed.mistake.kind} ${parsed.mistake.line}:${parsed.mistake.column}` : 'none';
}

const value = fc.jsonValue({ maxDepth: 4 });
const object = fc.dictionary(fc.string({ unit: 'binary' }), value);

describe('an object is read', () => {
  test('as the browser reads it, however it is laid out', () => {
    fc.assert(
      fc.property(object, fc.constantFrom(0, 1, 2, '\t', '\r\n'.slice(1)), (written, indent) => {
        const text = JSON.stringify(written, null, indent);
        expect(read(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test('with numbers as they were written', () => {
    const parsed = json.parse('{"a": 9007199254740993, "b": 1.50}');
    expect('members' in parsed && parsed.members.map(({ source }) => source)).toEqual(['9007199254740993', '1.50']);
  });

  test('with where each name stands', () => {
    const parsed = json.parse('{\n  "a": 1,\n  "b": 2\n}');
    expect('members' in parsed && parsed.members.map(({ offset }) => offset)).toEqual([4, 14]);
  });
});

test('whatever the browser refuses is a mistake, and whatever it takes as an object is none', () => {
  const broken = fc
    .tuple(object, fc.nat(), fc.nat(3), fc.constantFrom('', ',', '"', '{', ']', ':', "'", '1', 'x', '\n', '\\'))
    .map(([written, at, length, put]) => {
      const text = JSON.stringify(written, null, 1);
      const from = at % (text.length + 1);
      return text.slice(0, from) + put + text.slice(from + length);
    });
  fc.assert(
    fc.property(broken, (text) => {
      let known: unknown;
      try {
        known = JSON.parse(text);
      } catch {
        known = undefined;
      }
      const parsed = json.parse(text);
      if (typeof known !== 'object' || known === null || Array.isArray(known)) expect(parsed).toHaveProperty('mistake');
      // A name given twice is the browser's business, not ours.
      else if ('members' in parsed) expect(read(text)).toEqual(known);
      else expect(parsed.mistake.kind).toBe('twice');
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['', 'object 1:1'],
  ['[1]', 'object 1:1'],
  ['{a: 1}', 'name 1:2'],
  ['{"a" 1}', 'colon 1:6'],
  ['{"a": }', 'value 1:7'],
  ['{"a": None}', 'value 1:7'],
  ['{"a": 01}', 'value 1:7'],
  ['{"a": 1\n "b": 2}', 'separator 2:2'],
  ['{\n  "a": 1,\n}', 'trailingComma 2:9'],
  ['{"a": [1, 2,]}', 'trailingComma 1:12'],
  ['{"a": "x\n}', 'unclosedText 1:7'],
  ['{"a": "\t"}', 'escape 1:7'],
  [String.raw`{"a": "C:\data"}`, 'escape 1:7'],
  ["{'a': 1}", 'singleQuotes 1:2'],
  ["{\"a\": 'x'}", 'singleQuotes 1:7'],
  ['{"a": 1, "a": 2}', 'twice 1:10'],
  ['{"a": 1} x', 'after 1:10'],
  [`{"a": ${'['.repeat(100_000)}`, 'deep 1:57'],
])('the mistake in %j is found where it is', (text, found) => {
  expect(mistake(text)).toBe(found);
});
