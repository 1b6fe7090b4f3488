/** What the server says is wrong with a value, as a sentence in the language on the screen. Pure. */

import type { Parameter } from '@/api/types';
import { title } from '@/features/run-drawer/form';
import { t } from '@/texts';

// How the server words what it expects, and the key of our words for it.
const EXPECTED = {
  'a text': 'text',
  'a text of at most 1 MiB': 'shorterText',
  'a text without NUL characters': 'textWithoutNul',
  'a text of whole Unicode characters': 'unicodeText',
  'a whole number': 'integer',
  'a number': 'number',
  'a finite number': 'finiteNumber',
  'true or false': 'bool',
  'a date like 2024-01-31': 'date',
  'a date of the calendar': 'calendarDate',
  'a date and time like 2024-01-31T09:30': 'datetime',
  'a date and time of the calendar': 'calendarDatetime',
} as const;

/** "must be a whole number" of the parameter titled Year: "Year must be a whole number." Words we do not know stay as they are. */
export function sentence(parameter: Parameter, problem: string): string {
  // Its field lists the choices.
  const other = parameter.allowed_values.length > 0 ? /^must be one of .+, found (.*)$/s.exec(problem) : null;
  if (other) return notAChoice(unquoted(other[1] ?? ''));
  return ended(`${title(parameter)} ${inWords(problem)}`);
}

/** Of a value that is none of those that a field offers. */
export function notAChoice(value: string): string {
  return t('runDrawer.notes.notAChoice', { value });
}

function unquoted(value: string): string {
  return /^'(.*)'$/s.exec(value)?.[1] ?? value;
}

/** Of a name that is no field's. */
export function strayed(name: string, problem: string): string {
  return ended(`${name} ${inWords(problem)}`);
}

function inWords(problem: string): string {
  if (problem === 'is required') return t('runDrawer.problems.required');
  if (problem === 'is set by the task and cannot be changed') return t('runDrawer.problems.fixed');
  const unknown = /^is not a parameter of this task(?:; did you mean (.+)\?)?$/s.exec(problem);
  if (unknown) {
    return unknown[1] === undefined
      ? t('runDrawer.problems.unknown')
      : t('runDrawer.problems.unknownNear', { name: unknown[1] });
  }
  const found = /^must be (.+?), found (.*)$/s.exec(problem);
  if (!found) return problem;
  const [, expected = '', value = ''] = found;
  const [range, low = '', high = ''] = /^a whole number between (-\d+) and (\d+)$/.exec(expected) ?? [];
  if (range !== undefined) return t('runDrawer.problems.range', { low, high, found: value });
  if (Object.hasOwn(EXPECTED, expected)) {
    const words = t(`runDrawer.problems.expected.${EXPECTED[expected as keyof typeof EXPECTED]}`);
    return t('runDrawer.problems.mustBe', { expected: words, found: value });
  }
  const choices = /^one of (.+)$/s.exec(expected);
  return choices ? t('runDrawer.problems.oneOf', { choices: choices[1] ?? '', found: value }) : problem;
}

function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
