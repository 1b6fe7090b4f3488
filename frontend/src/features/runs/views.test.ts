import { expect, test } from 'vitest';
import { MAX_VIEWS, read } from './views';

test('what is stored is read as far as it means something', () => {
  const text = JSON.stringify([
    { name: ' Mine ', search: 'status=failed&nonsense=1' },
    { name: '', search: 'status=failed' },
    { name: 'Without' },
    null,
    'text',
    { name: 'Mine', search: 'q=later' },
  ]);
  expect(read(text)).toEqual([{ name: 'Mine', search: 'q=later' }]);
});

test.each([null, '', '{', '{}', '3', 'null'])('%j is no view', (text) => {
  expect(read(text)).toEqual([]);
});

test('there are never more than fit', () => {
  const text = JSON.stringify(Array.from({ length: 100 }, (_, index) => ({ name: `View ${index}`, search: '' })));
  expect(read(text)).toHaveLength(MAX_VIEWS);
});
