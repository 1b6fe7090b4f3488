import { describe, expect, test } from 'vitest';
import { fold, marked, score, searchable, wordsOf } from '@/features/tasks/search';
import * as factories from '@/test/factories';

const points = (changes: Parameters<typeof factories.taskSummary>[0], text: string) =>
  score(searchable(factories.taskSummary({ id: 'X', name: '', description: '', tags: [], ...changes })), wordsOf(text));

describe('a match', () => {
  test('is better in the name than in the id, a tag or the description', () => {
    const ranked = [
      points({ name: 'Curve' }, 'curve'),
      points({ id: 'CURVE' }, 'curve'),
      points({ tags: ['curve'] }, 'curve'),
      points({ description: 'curve' }, 'curve'),
      points({ description: 'line' }, 'curve'),
    ];
    expect(ranked).toEqual([...ranked].sort((a, b) => b - a));
    expect(new Set(ranked).size).toBe(5);
    expect(ranked.at(-1)).toBe(0);
  });

  test('is better at the beginning of a word than inside of it', () => {
    expect(points({ name: 'The curve' }, 'cur')).toBeGreaterThan(points({ name: 'The recurrence' }, 'cur'));
    expect(points({ name: 'recurrent cur' }, 'cur')).toBe(points({ name: 'The curve' }, 'cur'));
  });

  test('takes neither capitals nor accents into account', () => {
    expect(points({ name: 'Épidémie' }, 'EPIDE')).toBeGreaterThan(0);
    expect(points({ name: 'Epidemie' }, 'épidé')).toBeGreaterThan(0);
  });

  test('is in what is read of the description, not in its Markdown', () => {
    expect(points({ description: 'See [here](https://example.org)' }, 'https')).toBe(0);
  });
});

test.each(['Épidémie', 'İstanbul', 'straße ŒUVRE', 'a😀é', 'e\u0301'])('%s keeps its length when it is folded', (text) => {
  expect(fold(text)).toHaveLength(text.length);
});

test('what was found is marked, overlaps once', () => {
  expect(marked('Données annuelles', ['donnee', 'nnees', 'ann'])).toEqual([
    { text: 'Données', found: true },
    { text: ' ', found: false },
    { text: 'ann', found: true },
    { text: 'uelles', found: false },
  ]);
  expect(marked('nothing', ['x'])).toEqual([{ text: 'nothing', found: false }]);
  expect(marked('', ['x'])).toEqual([]);
});
