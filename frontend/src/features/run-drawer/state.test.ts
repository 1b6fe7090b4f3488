import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Parameter, ParameterType } from '@/api/types';
import * as form from '@/features/run-drawer/form';
import * as json from '@/features/run-drawer/json';
import * as state from '@/features/run-drawer/state';
import * as factories from '@/test/factories';

const TYPES: ParameterType[] = ['string', 'multi_line_string', 'integer', 'float', 'bool', 'date', 'datetime'];
const choices = [
  { label: 'All', value: 'all' },
  { label: '', value: 'KLA' },
];
const days = [
  { label: 'A week', value: 7 },
  { label: 'Two', value: 14 },
];
const parameters: Parameter[] = [
  ...TYPES.map((type) => factories.parameter({ name: type, type, default: null, has_default: false })),
  factories.parameter({ name: 'district', type: 'string', default: 'all', allowed_values: choices }),
  factories.parameter({ name: 'days', type: 'integer', default: 7, allowed_values: days }),
  factories.parameter({ name: 'constructor', type: 'string', default: 'x', prompt: true }),
  factories.parameter({ name: 'folder', type: 'string', default: 'fixed', protected: true }),
];
const own = parameters.filter((parameter) => !parameter.protected);

/** What comes into a field by typing: texts that mean something for its type, and any others. */
const typed = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.maxSafeInteger().map(String),
  fc.double({ noNaN: true }).map(String),
  fc.constantFrom('', ' 7 ', '9007199254740993', '1,5', '2026-02-30', '2026-01-31T09:30', 'yes', 'all', 'KLA', '14', '1e400', 'null'),
);
const drafts = fc
  .tuple(...own.map((parameter) => (parameter.type === 'bool' ? fc.oneof(fc.boolean(), fc.constant(null), typed) : fc.oneof(typed, fc.constant(null)))))
  .map((values): form.Drafts => Object.fromEntries(own.map(({ name }, index) => [name, values[index] ?? null])));

const value = fc.oneof(
  { arbitrary: fc.jsonValue({ maxDepth: 3 }), weight: 1 },
  { arbitrary: fc.constantFrom<json.Json>(7, 14, 'KLA', true, false, null, 1.5, '2026-01-31', 'yes'), weight: 1 },
);
const written = fc.dictionary(fc.oneof(fc.constantFrom(...own.map(({ name }) => name), 'folder', 'other'), fc.string()), value);

const start = state.begin(parameters, form.fromDefaults(parameters), null);
const write = (before: state.State, text: string) => state.reduce(parameters, before, { type: 'written', text });

/** As the server compares: a text that reads exactly as a value is that value. */
function meaning(values: Readonly<Record<string, json.Json>>): Record<string, json.Json> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, each]) => each !== null)
      .map(([name, each]) => {
        const parameter = own.find((known) => known.name === name);
        return [name, parameter && typeof each === 'string' ? form.toValue(parameter, form.toDraft(parameter, each)) : each];
      }),
  );
}

describe('form and JSON are one', () => {
  test('what fields hold is sent alike after it was seen, and read again, as JSON', () => {
    fc.assert(
      fc.property(drafts, (filled) => {
        const before: state.State = { ...start, drafts: filled };
        const after = write(before, state.textOf(parameters, before));
        expect(after.mistake).toBeNull();
        expect(state.valuesOf(parameters, after)).toEqual(state.valuesOf(parameters, before));
      }),
    );
  });

  test('what is written as JSON is sent, also what no field can show, and what the task does not take', () => {
    fc.assert(
      fc.property(written, (object) => {
        const after = write(start, JSON.stringify(object));
        const source = JSON.parse(JSON.stringify(object)) as Record<string, json.Json>;
        expect(meaning(state.valuesOf(parameters, after))).toEqual(meaning(source));
      }),
    );
  });

  test('and so on: each change on one side, in any order, is on the other', () => {
    const change = fc.oneof(
      fc.tuple(fc.constantFrom(...own), typed).map(
        ([{ name }, draft]): state.Action => ({ type: 'changed', name, draft }),
      ),
      written.map((object): state.Action => ({ type: 'written', text: JSON.stringify(object, null, 1) })),
      fc.constant<state.Action>({ type: 'written', text: '{"a' }),
      fc.constant<state.Action>({ type: 'textDropped' }),
      fc.constant<state.Action>({ type: 'extrasDropped' }),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), (changes) => {
        const after = changes.reduce((before, action) => state.reduce(parameters, before, action), start);
        const text = state.textOf(parameters, after);
        if (after.mistake) {
          expect(text).toBe('{"a');
          return;
        }
        expect(state.valuesOf(parameters, write(start, text))).toEqual(state.valuesOf(parameters, after));
      }),
    );
  });
});

describe('a text that is broken', () => {
  const broken = write(start, '{"district": "KLA",}');

  test('stays as it is, and leaves the fields alone', () => {
    expect(state.textOf(parameters, broken)).toBe('{"district": "KLA",}');
    expect(broken.mistake).toMatchObject({ kind: 'trailingComma', line: 1, column: 19 });
    expect(broken.drafts).toEqual(start.drafts);
  });

  test('is an edit, and is no mistake any more once it is mended or dropped', () => {
    expect(state.isEdited(parameters, broken, start)).toBe(true);
    expect(write(broken, '{"district": "KLA"}')).toMatchObject({ mistake: null, drafts: { district: 'KLA' } });
    expect(state.isEdited(parameters, state.reduce(parameters, broken, { type: 'textDropped' }), start)).toBe(false);
  });
});

test('a text keeps the layout that somebody gave it until a field is changed', () => {
  const laidOut = write(start, '{ "district":"KLA" }');
  expect(state.textOf(parameters, laidOut)).toBe('{ "district":"KLA" }');
  const changed = state.reduce(parameters, laidOut, { type: 'changed', name: 'days', draft: '14' });
  expect(JSON.parse(state.textOf(parameters, changed))).toMatchObject({ district: 'KLA', days: 14 });
});

test('fields are looked at once they differ from the default, or were changed on either side', () => {
  const linked = state.begin(parameters, form.fromSearch(parameters, new URLSearchParams('integer=20x')), null);
  expect([...linked.touched]).toEqual(['integer']);
  const typedIn = state.reduce(parameters, linked, { type: 'changed', name: 'date', draft: null });
  const pasted = write(typedIn, '{"float": 1, "days": 7, "district": "all", "constructor": "x", "integer": "20x"}');
  expect([...pasted.touched].sort()).toEqual(['date', 'float', 'integer']);
});

test('values count as changed only where they really differ from a default', () => {
  const same = write(start, '{"district": "all", "days": 7.0, "constructor": "x", "string": "given"}');
  expect(state.countChanged(parameters, same)).toBe(0);
  expect(state.countChanged(parameters, write(start, '{"district": "KLA", "days": 14}'))).toBe(2);
});

test('strange members can be left out', () => {
  const strange = write(start, '{"folder": "mine", "dayz": 3}');
  expect(strange.extras).toEqual({ folder: 'mine', dayz: 3 });
  const dropped = state.reduce(parameters, strange, { type: 'extrasDropped' });
  expect(state.valuesOf(parameters, dropped)).toEqual({});
});
