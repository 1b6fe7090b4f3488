/** The one state of a run form, whether it is seen as fields or as JSON, and what changes it. Pure. */

import type { Parameter } from '@/api/types';
import * as form from '@/features/run-drawer/form';
import * as json from '@/features/run-drawer/json';

export interface State extends form.Filled {
  /** Members of the JSON that no field shows. They are sent, so that the server says what is wrong with them. */
  readonly extras: Readonly<Record<string, json.Json>>;
  /** The JSON as it was typed; `null` where it is written from the fields. */
  readonly text: string | null;
  /** In `text`; the fields hold what was last read. */
  readonly mistake: json.Mistake | null;
  /** The run whose values these were, edited or not. */
  readonly from: number | null;
  /** Fields that somebody has come to: only there a problem is shown before Run is pressed. */
  readonly touched: ReadonlySet<string>;
}

export type Action =
  | { readonly type: 'changed'; readonly name: string; readonly draft: form.Draft }
  | { readonly type: 'touched'; readonly names: readonly string[] }
  | { readonly type: 'written'; readonly text: string }
  | { readonly type: 'textDropped' }
  | { readonly type: 'extrasDropped' }
  | { readonly type: 'filled'; readonly filled: form.Filled; readonly from: number | null };

/** Values that were given from outside are looked at at once; defaults are the author's business. */
export function begin(parameters: readonly Parameter[], filled: form.Filled, from: number | null): State {
  const given = form.editable(parameters).filter(({ name }) => filled.drafts[name] !== form.fromDefaults(parameters).drafts[name]);
  return { ...filled, extras: {}, text: null, mistake: null, from, touched: new Set(given.map(({ name }) => name)) };
}

export function reduce(parameters: readonly Parameter[], state: State, action: Action): State {
  switch (action.type) {
    case 'changed':
      return {
        ...state,
        drafts: { ...state.drafts, [action.name]: action.draft },
        notes: without(state.notes, action.name),
        text: null,
        mistake: null,
        touched: new Set([...state.touched, action.name]),
      };
    case 'touched':
      if (action.names.every((name) => state.touched.has(name))) return state;
      return { ...state, touched: new Set([...state.touched, ...action.names]) };
    case 'written':
      return written(parameters, state, action.text);
    case 'textDropped':
      return { ...state, text: null, mistake: null };
    case 'extrasDropped':
      // A text that cannot be read is kept: they may well be in it.
      return { ...state, extras: {}, text: state.mistake ? state.text : null };
    case 'filled':
      return begin(parameters, action.filled, action.from);
  }
}

function written(parameters: readonly Parameter[], state: State, text: string): State {
  const parsed = json.parse(text);
  if ('mistake' in parsed) return { ...state, text, mistake: parsed.mistake };
  const own = new Map(form.editable(parameters).map((parameter) => [parameter.name, parameter]));
  const drafts: Record<string, form.Draft> = Object.fromEntries([...own.keys()].map((name) => [name, null]));
  const extras: [string, json.Json][] = [];
  const changed = new Set(state.touched);
  for (const member of parsed.members) {
    const parameter = own.get(member.name);
    if (parameter) drafts[member.name] = form.fromJson(parameter, member);
    else extras.push([member.name, member.value]);
  }
  for (const name of own.keys()) {
    if (!isSame(drafts[name] ?? null, state.drafts[name] ?? null)) changed.add(name);
  }
  const notes = Object.fromEntries(Object.entries(state.notes).filter(([name]) => isSame(drafts[name] ?? null, state.drafts[name] ?? null)));
  return { ...state, drafts, notes, extras: Object.fromEntries(extras), text, mistake: null, touched: changed };
}

function isSame(a: form.Draft, b: form.Draft): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The JSON on the screen: as it was typed, or else every field, one a line, `null` where nothing is given. */
export function textOf(parameters: readonly Parameter[], state: State): string {
  if (state.text !== null) return state.text;
  const { prompted, others } = form.inOrder(parameters);
  const values = [...prompted, ...others].map((parameter): [string, json.Json] => [
    parameter.name,
    form.toValue(parameter, state.drafts[parameter.name] ?? null),
  ]);
  return JSON.stringify(Object.fromEntries([...values, ...Object.entries(state.extras)]), null, 2);
}

/** What a run would be started with. */
export function valuesOf(parameters: readonly Parameter[], state: State): Record<string, json.Json> {
  return Object.fromEntries([...Object.entries(form.toParameters(parameters, state.drafts)), ...Object.entries(state.extras)]);
}

/** Whether closing would lose something that was done since `initial`. */
export function isEdited(parameters: readonly Parameter[], state: State, initial: State): boolean {
  return state.mistake !== null || JSON.stringify(valuesOf(parameters, state)) !== JSON.stringify(valuesOf(parameters, initial));
}

export function countChanged(parameters: readonly Parameter[], state: State): number {
  return form
    .editable(parameters)
    .filter((parameter) => parameter.has_default && form.isChanged(parameter, state.drafts[parameter.name] ?? null)).length;
}

function without<T>(record: Readonly<Record<string, T>>, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([other]) => other !== name));
}
