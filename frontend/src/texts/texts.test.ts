import { afterEach, describe, expect, test } from 'vitest';
import { speak, t } from '@/texts';
import { english } from '@/texts/english';
import { french } from '@/texts/french';
import { withMany, withSpaces } from '@/texts/typography';

function flat(texts: object, prefix = ''): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).flatMap(([key, value]: [string, unknown]) =>
      typeof value === 'string' ? [[prefix + key, value]] : Object.entries(flat(value as object, `${prefix}${key}.`)),
    ),
  );
}

/** What a text is filled in with, and what it wraps. */
function parts(text: string): string[] {
  return [...text.matchAll(/\{\{[^}]+\}\}|<\/?\w+\/?>/g)].map(([part]) => part).sort();
}

const inEnglish = flat(english);
const inFrench = flat(french);

afterEach(() => speak('en'));

describe('French', () => {
  test('has the keys of English, no more and no less', () => {
    expect(Object.keys(inFrench).sort()).toEqual(Object.keys(inEnglish).sort());
  });

  test.each(Object.keys(inEnglish))('fills in the same as English at %s', (key) => {
    // Where there is one thing, a language may say so in words.
    const without = (text: string) => parts(text).filter((part) => !key.endsWith('_one') || !part.includes('count'));
    expect(without(inFrench[key] ?? '')).toEqual(without(inEnglish[key] ?? ''));
  });

  test('is spoken once it has been chosen, and says so of the page', async () => {
    await speak('fr');
    expect(t('tasks.title')).toBe('Tâches');
    expect(document.documentElement.lang).toBe('fr');
  });

  test('counts none and one alike, and also exactly a million', async () => {
    await speak('fr');
    expect([0, 1, 2, 1_000_000].map((count) => t('tasks.count', { count }).replace(/\s/g, ' '))).toEqual([
      '0 tâche',
      '1 tâche',
      '2 tâches',
      '1 000 000 tâches',
    ]);
  });
});

test('the language chosen last wins, also when an earlier one takes longer to load', async () => {
  const slow = speak('fr');
  await speak('en');
  await slow;
  expect(t('tasks.title')).toBe('Tasks');
  expect(document.documentElement.lang).toBe('en');
});

test('English counts one and many', () => {
  expect([0, 1, 1204].map((count) => t('tasks.count', { count }))).toEqual(['0 tasks', '1 task', '1,204 tasks']);
});

test('French marks keep to their word', () => {
  expect(withSpaces({ a: { b: '« Oui » : 5 % ?' } })).toEqual({ a: { b: '«\u00a0Oui\u00a0»\u00a0: 5\u202f%\u202f?' } });
});

test('the form for many is that for others', () => {
  expect(withMany({ a: { rows_one: 'x', rows_other: 'y' } })).toEqual({ a: { rows_one: 'x', rows_other: 'y', rows_many: 'y' } });
});
