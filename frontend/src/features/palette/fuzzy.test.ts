import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fold, rank, score } from '@/features/palette/fuzzy';

const names = ['The epidemic curve', 'Load the claims', 'Check the quality of the data', 'Situation report', 'Données de décès'];
const found = (query: string) => rank(query, names, (name) => name);

test.each([
  ['curve', 'The epidemic curve'],
  ['epc', 'The epidemic curve'],
  ['tec', 'The epidemic curve'],
  ['qual data', 'Check the quality of the data'],
  ['sitrep', 'Situation report'],
  ['deces', 'Données de décès'],
  ['DÉCÈS', 'Données de décès'],
])('“%s” finds “%s” first', (query, name) => {
  expect(found(query)[0]).toBe(name);
});

test('what is not there is not found', () => {
  expect(found('xyz')).toEqual([]);
  expect(found('curve claims')).toEqual([]);
});

test('letters scattered over a text do not find it', () => {
  expect(score('cqy', 'Check the quality of the data')).toBeNull();
});

test('the beginning of a word counts more than its middle', () => {
  expect(rank('port', ['Situation report', 'Port of entry'], (name) => name)).toEqual(['Port of entry', 'Situation report']);
});

test('an empty query finds everything', () => {
  expect(found('')).toHaveLength(names.length);
});

test('every text is found by any piece of itself, and by the first letters of its words', () => {
  const word = fc.stringMatching(/^[a-z]{1,8}$/);
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), fc.nat(), fc.nat(), (words, a, b) => {
      const text = words.join(' ');
      const [from, to] = [a % text.length, b % (text.length + 1)].sort((x, y) => x - y) as [number, number];
      expect(score(text.slice(from, to), text)).not.toBeNull();
      expect(score(words.map((each) => each.charAt(0)).join(' '), text)).not.toBeNull();
    }),
  );
});

test('folding keeps what has no accent', () => {
  expect(fold('Œuvre À 3 €')).toBe('œuvre a 3 €');
});
