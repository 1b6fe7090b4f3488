/** What a form holds, where it comes from and what it becomes. Pure. */

import type { Parameter, ParameterValue } from '@/api/types';
import { t } from '@/texts';

/** What is in a field: text as it was typed, a switch, or null for nothing: the default, or no value at all. */
export type Draft = string | boolean | null;
export type Drafts = Readonly<Record<string, Draft>>;

export interface Filled {
  drafts: Drafts;
  /** What somebody has to know about a field's value, by parameter. */
  notes: Readonly<Record<string, string>>;
  /** Names that were given and that the task does not take. */
  unknown: readonly string[];
}

/** What a secret was replaced by before it was stored. */
const MASK = '••••••';

const LOCAL_DATETIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const INTEGER = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

export type Control = 'text' | 'lines' | 'number' | 'switch' | 'yes_no' | 'date' | 'datetime' | 'choice';

/** The kind of field a parameter gets. A value that a date field of the browser could not show gets a plain one. */
export function controlOf(parameter: Parameter, draft: Draft): Control {
  if (parameter.allowed_values.length > 0) return 'choice';
  switch (parameter.type) {
    case 'string':
      return 'text';
    case 'multi_line_string':
      return 'lines';
    case 'integer':
    case 'float':
      return 'number';
    case 'bool':
      // A switch has no third position for "not given".
      return parameter.has_default && parameter.default !== null && typeof draft === 'boolean' ? 'switch' : 'yes_no';
    case 'date':
      return draft === null || draft === '' || DATE.test(String(draft)) ? 'date' : 'text';
    case 'datetime':
      return draft === null || draft === '' || LOCAL_DATETIME.test(String(draft)) ? 'datetime' : 'text';
  }
}

export function toDraft(parameter: Parameter, value: ParameterValue | undefined): Draft {
  if (value === null || value === undefined) return null;
  if (parameter.type === 'bool' && parameter.allowed_values.length === 0) {
    if (typeof value === 'boolean') return value;
    const text = String(value).toLowerCase();
    return text === 'true' || text === 'false' ? text === 'true' : String(value);
  }
  return String(value);
}

/** The typed value of a field. A text that is no such value stays a text: the server says what is wrong with it. */
export function toValue(parameter: Parameter, draft: Draft): ParameterValue {
  if (draft === null || typeof draft === 'boolean') return draft;
  if (parameter.allowed_values.length > 0) {
    const chosen = parameter.allowed_values.find((allowed) => String(allowed.value) === draft);
    return chosen ? chosen.value : draft;
  }
  const text = draft.trim();
  switch (parameter.type) {
    case 'integer':
      return INTEGER.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : draft;
    case 'float':
      return NUMBER.test(text) && Number.isFinite(Number(text)) ? Number(text) : draft;
    case 'bool':
      return text === 'true' ? true : text === 'false' ? false : draft;
    case 'string':
    case 'multi_line_string':
    case 'date':
    case 'datetime':
      return draft;
  }
}

/** What an emptied field holds: the empty text only where it differs from "not given". */
export function emptied(parameter: Parameter): Draft {
  const text = parameter.type === 'string' || parameter.type === 'multi_line_string';
  return text && parameter.has_default ? '' : null;
}

export function defaultDraft(parameter: Parameter): Draft {
  return parameter.has_default ? toDraft(parameter, parameter.default) : null;
}

function editable(parameters: readonly Parameter[]): Parameter[] {
  return parameters.filter((parameter) => !parameter.protected);
}

export function fromDefaults(parameters: readonly Parameter[]): Filled {
  const drafts = Object.fromEntries(editable(parameters).map((parameter) => [parameter.name, defaultDraft(parameter)]));
  return { drafts, notes: {}, unknown: [] };
}

/** The values a run had. A default never takes the place of one of them, also not of one that was empty. */
export function fromRun(parameters: readonly Parameter[], values: Readonly<Record<string, ParameterValue>>): Filled {
  const drafts: Record<string, Draft> = {};
  const notes: Record<string, string> = {};
  for (const parameter of editable(parameters)) {
    const { name } = parameter;
    if (!(name in values)) {
      drafts[name] = defaultDraft(parameter);
      if (parameter.has_default) notes[name] = t('runDrawer.notes.newParameter');
      continue;
    }
    const value = values[name];
    if (typeof value === 'string' && value.includes(MASK)) {
      drafts[name] = null;
      notes[name] = t('runDrawer.notes.secret');
      continue;
    }
    drafts[name] = toDraft(parameter, value);
    const note = unfit(parameter, value);
    if (note) notes[name] = note;
  }
  const names = new Set(parameters.map((parameter) => parameter.name));
  return { drafts, notes, unknown: Object.keys(values).filter((name) => !names.has(name)) };
}

/** The search of an address that names a run to start from. */
export const FROM = 'from';
/** Before a parameter's name in an address, where the name alone means something else. */
const PREFIX = 'p.';

/** The values in an address, over the defaults. A protected parameter is left alone. */
export function fromSearch(parameters: readonly Parameter[], search: URLSearchParams): Filled {
  const { drafts: defaults } = fromDefaults(parameters);
  const drafts: Record<string, Draft> = { ...defaults };
  const notes: Record<string, string> = {};
  const unknown: string[] = [];
  for (const [key, text] of search) {
    if (key === FROM) continue;
    const name = key.startsWith(PREFIX) ? key.slice(PREFIX.length) : key;
    const parameter = parameters.find((declared) => declared.name === name);
    if (!parameter) {
      unknown.push(name);
    } else if (!parameter.protected) {
      drafts[name] = toDraft(parameter, text);
      const note = unfit(parameter, text);
      if (note) notes[name] = note;
    }
  }
  return { drafts, notes, unknown };
}

/** The other way round: an address that fills in what differs from the defaults. */
export function toSearch(parameters: readonly Parameter[], drafts: Drafts): URLSearchParams {
  const search = new URLSearchParams();
  for (const parameter of editable(parameters)) {
    const draft = drafts[parameter.name] ?? null;
    if (draft === null || !isChanged(parameter, draft)) continue;
    search.set(parameter.name === FROM ? PREFIX + parameter.name : parameter.name, String(draft));
  }
  return search;
}

function unfit(parameter: Parameter, value: ParameterValue | undefined): string | null {
  if (parameter.allowed_values.length === 0 || value === null || value === undefined) return null;
  if (parameter.allowed_values.some((allowed) => String(allowed.value) === String(value))) return null;
  return t('runDrawer.notes.notAChoice', { value: String(value) });
}

/** Whether the run would get something else than the default. */
export function isChanged(parameter: Parameter, draft: Draft): boolean {
  if (draft === null) return false;
  if (!parameter.has_default) return true;
  return canonical(parameter, toValue(parameter, draft)) !== canonical(parameter, parameter.default);
}

function canonical(parameter: Parameter, value: ParameterValue): string {
  if (parameter.type === 'datetime' && typeof value === 'string' && /T\d{2}:\d{2}$/.test(value)) return `${value}:00`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What is sent. A field without a value is left out: the task's default is the server's to apply. */
export function toParameters(parameters: readonly Parameter[], drafts: Drafts): Record<string, ParameterValue> {
  const values: Record<string, ParameterValue> = {};
  for (const parameter of editable(parameters)) {
    const value = toValue(parameter, drafts[parameter.name] ?? null);
    if (value !== null) values[parameter.name] = value;
  }
  return values;
}

/** In the order of the form: what is asked for before every run comes first. */
export function inOrder(parameters: readonly Parameter[]): { prompted: Parameter[]; others: Parameter[]; fixed: Parameter[] } {
  const own = editable(parameters);
  return {
    prompted: own.filter((parameter) => parameter.prompt),
    others: own.filter((parameter) => !parameter.prompt),
    fixed: parameters.filter((parameter) => parameter.protected),
  };
}

/** "must be a whole number" of the parameter titled Year: "Year must be a whole number." */
export function sentence(parameter: Parameter, problem: string): string {
  const text = `${parameter.title || parameter.name} ${problem}`;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
