import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Parameter } from '@/api/types';
import * as form from '@/features/run-drawer/form';
import * as factories from '@/test/factories';

const year = factories.parameter();
const title = factories.parameter({ name: 'title', type: 'string', title: 'Title', default: null, has_default: false });
const notes = factories.parameter({ name: 'notes', type: 'multi_line_string', default: 'none' });
const fast = factories.parameter({ name: 'fast', type: 'bool', default: false });
const district = factories.parameter({
  name: 'district',
  type: 'string',
  default: 'all',
  allowed_values: [
    { label: 'All', value: 'all' },
    { label: 'Kampala', value: 'KLA' },
  ],
});
const folder = factories.parameter({ name: 'folder', type: 'string', default: 'fixed', protected: true });
const parameters = [year, title, notes, fast, district, folder];

describe('a form filled with defaults', () => {
  const { drafts } = form.fromDefaults(parameters);

  test('holds what was declared, and nothing for what was not', () => {
    expect(drafts).toEqual({ year: '2024', title: null, notes: 'none', fast: false, district: 'all' });
  });

  test('sends typed values, and leaves out what has none', () => {
    expect(form.toParameters(parameters, drafts)).toEqual({ year: 2024, notes: 'none', fast: false, district: 'all' });
  });

  test('differs from the defaults nowhere', () => {
    expect(parameters.filter((parameter) => form.isChanged(parameter, drafts[parameter.name] ?? null))).toEqual([]);
  });
});

describe('a form filled from a run', () => {
  test('holds the values of the run; no default takes their place', () => {
    const { drafts } = form.fromRun(parameters, { year: 2019, title: 'May', notes: '', fast: true, district: 'KLA' });
    expect(drafts).toEqual({ year: '2019', title: 'May', notes: '', fast: true, district: 'KLA' });
    expect(form.toParameters(parameters, drafts)).toEqual({ year: 2019, title: 'May', notes: '', fast: true, district: 'KLA' });
  });

  test('never sends a protected value, although the run has one', () => {
    const { drafts } = form.fromRun(parameters, { folder: 'fixed' });
    expect(form.toParameters(parameters, drafts)).not.toHaveProperty('folder');
  });

  test('says where a default stands in for something the run did not have', () => {
    const { drafts, notes: said } = form.fromRun([year, title], {});
    expect(drafts).toEqual({ year: '2024', title: null });
    expect(Object.keys(said)).toEqual(['year']);
  });

  test('does not take a masked secret for a value', () => {
    const filled = form.fromRun([title], { title: 'postgresql://me:••••••@host' });
    expect(filled.drafts).toEqual({ title: null });
    expect(filled.notes.title).toMatch(/secret/);
  });

  test('keeps a value that is no choice any more, and says so', () => {
    const filled = form.fromRun([district], { district: 'GUL' });
    expect(filled.drafts).toEqual({ district: 'GUL' });
    expect(filled.notes.district).toMatch(/“GUL” is not one of the choices/);
  });

  test('names what the task does not take any more', () => {
    expect(form.fromRun([year], { year: 2019, gone: 1 }).unknown).toEqual(['gone']);
  });
});

describe('a form filled from an address', () => {
  const filled = form.fromSearch(parameters, new URLSearchParams('year=2025&fast=true&folder=other&zzz=1&from=3'));

  test('has its values over the defaults', () => {
    expect(filled.drafts).toEqual({ year: '2025', title: null, notes: 'none', fast: true, district: 'all' });
  });

  test('leaves protected parameters alone and names unknown ones', () => {
    expect(form.toParameters(parameters, filled.drafts)).not.toHaveProperty('folder');
    expect(filled.unknown).toEqual(['zzz']);
  });
});

test('an address holds what differs from the defaults, and gives the same form again', () => {
  const drafts = { ...form.fromDefaults(parameters).drafts, year: '2025', title: 'A & B', fast: true };
  const search = form.toSearch(parameters, drafts);
  expect(search.toString()).toBe('year=2025&title=A+%26+B&fast=true');
  expect(form.fromSearch(parameters, search).drafts).toEqual(drafts);
});

test('a parameter that is named like the run to start from has an address all the same', () => {
  const from = factories.parameter({ name: 'from', type: 'date', default: null, has_default: false });
  const search = form.toSearch([from], { from: '2026-01-31' });
  expect(search.has('from')).toBe(false);
  expect(form.fromSearch([from], search).drafts).toEqual({ from: '2026-01-31' });
});

describe('a typed value', () => {
  const integer = year;
  const float = factories.parameter({ type: 'float' });

  test.each([
    [integer, ' 7 ', 7],
    [integer, '-3', -3],
    [integer, '7.5', '7.5'],
    [integer, '20x', '20x'],
    [integer, '9007199254740993', '9007199254740993'],
    [float, '1e-3', 0.001],
    [float, '.5', 0.5],
    [float, '1,5', '1,5'],
    [float, '1e999', '1e999'],
  ])('of a number is a number only when it is one exactly', (parameter, text, value) => {
    expect(form.toValue(parameter, text)).toBe(value);
  });

  test('of a choice is the choice itself', () => {
    const days = factories.parameter({ allowed_values: [{ label: '7 days', value: 7 }] });
    expect(form.toValue(days, '7')).toBe(7);
  });

  test('goes through a draft and back unharmed', () => {
    const text = factories.parameter({ type: 'string' });
    fc.assert(fc.property(fc.string(), (value) => form.toValue(text, form.toDraft(text, value)) === value));
    fc.assert(fc.property(fc.maxSafeInteger(), (value) => form.toValue(integer, form.toDraft(integer, value)) === value));
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) =>
      Object.is(form.toValue(float, form.toDraft(float, value)), value === 0 ? 0 : value),
    ));
  });
});

describe('an emptied field', () => {
  test('of a text with a default is the empty text', () => {
    expect(form.emptied(notes)).toBe('');
    expect(form.isChanged(notes, '')).toBe(true);
  });

  test('of anything else is not given', () => {
    expect([form.emptied(title), form.emptied(year)]).toEqual([null, null]);
  });
});

describe('the field of', () => {
  const control = (changes: Partial<Parameter>, draft: form.Draft) => form.controlOf(factories.parameter(changes), draft);

  test('a date is that of the browser, unless the value could not be shown in it', () => {
    expect(control({ type: 'date' }, '2026-01-31')).toBe('date');
    expect(control({ type: 'datetime' }, '2026-01-31T09:30:00')).toBe('datetime');
    expect(control({ type: 'datetime' }, '2026-01-31T09:30:00+03:00')).toBe('text');
  });

  test('yes or no is a switch only when there is a default to begin with', () => {
    expect(control({ type: 'bool', default: true }, true)).toBe('switch');
    expect(control({ type: 'bool', default: null, has_default: false }, null)).toBe('yes_no');
  });
});

test('the same moment written shorter is no change', () => {
  const at = factories.parameter({ type: 'datetime', default: '2026-01-31T09:30:00' });
  expect(form.isChanged(at, '2026-01-31T09:30')).toBe(false);
});

test('prompted parameters come first, protected ones are apart', () => {
  const asked = factories.parameter({ name: 'asked', prompt: true });
  const { prompted, others, fixed } = form.inOrder([year, folder, asked]);
  expect([prompted, others, fixed]).toEqual([[asked], [year], [folder]]);
});


test('a whole number too large for the browser is the one the server has, or the one that was typed', () => {
  const large = factories.parameter({ default: Number('9007199254740993') });
  const filled = form.fromDefaults([large]);
  expect(form.toParameters([large], filled.drafts)).toEqual({});
  expect(form.toParameters([large], { year: '9007199254740995' })).toEqual({ year: '9007199254740995' });
});

test('what somebody else has to send is what differs from the defaults, and what is required', () => {
  const required = factories.parameter({ name: 'must', type: 'string', required: true, default: 'x' });
  const drafts = { ...form.fromDefaults([...parameters, required]).drafts, year: '2025', fast: false };
  expect(form.toShortest([...parameters, required], drafts)).toEqual({ year: 2025, must: 'x' });
});

test('one begins at the first field that needs a value, or else at the first of all', () => {
  const name = factories.parameter({ name: 'name', type: 'string', required: true, has_default: false, default: null });
  const asked = factories.parameter({ name: 'asked', prompt: true });
  const { drafts } = form.fromDefaults([year, name, asked]);
  expect(form.firstToFill([year, name, asked], drafts)).toBe(name);
  expect(form.firstToFill([year, name, asked], { ...drafts, name: 'Ada' })).toBe(asked);
});

test('a link holds no secret', () => {
  expect(form.toSearch([title], { title: 'hush' }, new Set(['title'])).toString()).toBe('');
});
