import { afterEach, describe, expect, test } from 'vitest';
import * as problems from '@/features/run-drawer/problems';
import * as factories from '@/test/factories';
import { speak } from '@/texts';

const year = factories.parameter();

afterEach(() => speak('en'));

const SAID = [
  'is required',
  'is set by the task and cannot be changed',
  "must be a whole number, found '20x'",
  "must be a whole number between -9223372036854775807 and 9223372036854775807, found '1, found 2'",
  "must be one of 'a', 'b', …, found 'c'",
  "must be a date like 2024-01-31, found ''",
  'must be a finite number, found 1e999',
  'must fit into the memory of this machine',
];

test.each(SAID)('in English, what the server says is said as it is: %s', (problem) => {
  expect(problems.sentence(year, problem)).toBe(`Year ${problem}.`);
});

test.each([
  ["must be one of 'Kampala', 'Jinja', found 'Foo'", '“Foo” is not one of the choices. Choose another.'],
  ['must be one of 1, 7, found 5', '“5” is not one of the choices. Choose another.'],
])('a field that lists its choices does not list them again in its problem: %s', (problem, said) => {
  const choice = factories.parameter({ allowed_values: [{ label: '', value: 'Kampala' }] });
  expect(problems.sentence(choice, problem)).toBe(said);
});

describe('in French', () => {
  test('it is said in French', async () => {
    await speak('fr');
    const said = SAID.map((problem) => problems.sentence(year, problem).replace(/\s/g, ' '));
    expect(said).toEqual([
      'Year doit être renseigné.',
      'Year est fixé par la tâche et ne se modifie pas.',
      "Year doit être un nombre entier, et non '20x'.",
      "Year doit être un nombre entier entre -9223372036854775807 et 9223372036854775807, et non '1, found 2'.",
      "Year doit être l’une des valeurs 'a', 'b', …, et non 'c'.",
      "Year doit être une date comme 2024-01-31, et non ''.",
      'Year doit être un nombre fini, et non 1e999.',
      // Not known: as the server has it.
      'Year must fit into the memory of this machine.',
    ]);
  });
});

test('a name that is no field is told as the server tells it', () => {
  expect(problems.strayed('nam', "is not a parameter of this task; did you mean 'name'?")).toBe(
    "nam is not a parameter of this task; did you mean 'name'?",
  );
});
