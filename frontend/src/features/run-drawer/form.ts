/** What a form holds, where it comes from and what it becomes. Pure. */

import type { Parameter, ParameterValue } from '@/api/types';
import type { Json, Member } from '@/features/run-drawer/json';
import { withoutT } from '@/lib/moments';
import { decimalMark } from '@/lib/numbers';
import { t } from '@/texts';

/** A value, written as JSON, that the field of its parameter could not show for what it is: a list, a number as a text. */
export interface Odd {
  readonly json: Json;
}

/** What is in a field: text as it was typed, a switch, or null for nothing: the default, or no value at all. */
export type Draft = string | boolean | null | Odd;
export type Drafts = Readonly<Record<string, Draft>>;

export interface Filled {
  drafts: Drafts;
  /** What somebody has to know about a field's value, by parameter. */
  notes: Readonly<Record<string, string>>;
  /** Names that were given and that the task does not take; they are left out. */
  unknown: readonly string[];
}

/** What a secret was replaced by before it was stored. */
const MASK = '••••••';

const LOCAL_DATETIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const INTEGER = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const DECIMAL_COMMA = /^[+-]?(\d+,\d*|,\d+)([eE][+-]?\d+)?$/;
// The same words as the server's.
const YES = new Set(['true', 't', 'yes', 'y', 'on', '1']);
const NO = new Set(['false', 'f', 'no', 'n', 'off', '0']);

export type Control = 'text' | 'lines' | 'number' | 'switch' | 'yes_no' | 'date' | 'datetime' | 'choice';

export function isOdd(draft: Draft): draft is Odd {
  return typeof draft === 'object' && draft !== null;
}

/** The kind of field a parameter gets. A value that its own field could not show gets a plain one. */
export function controlOf(parameter: Parameter, draft: Draft): Control {
  if (isOdd(draft)) return 'text';
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
      if (typeof draft === 'string') return 'text';
      // A switch has no third position for "not given".
      return parameter.has_default && parameter.default !== null && draft !== null ? 'switch' : 'yes_no';
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
    const word = String(value).trim().toLowerCase();
    return YES.has(word) ? true : NO.has(word) ? false : String(value);
  }
  return String(value);
}

/** The typed value of a field. A text that is no such value stays a text: the server says what is wrong with it. */
export function toValue(parameter: Parameter, draft: Draft): Json {
  if (draft === null || typeof draft === 'boolean') return draft;
  if (isOdd(draft)) return draft.json;
  if (parameter.allowed_values.length > 0) {
    const chosen = parameter.allowed_values.find((allowed) => String(allowed.value) === draft);
    if (chosen) return chosen.value;
  }
  const text = draft.trim();
  switch (parameter.type) {
    case 'integer':
      return INTEGER.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : draft;
    case 'float': {
      const number = withPoint(text);
      return NUMBER.test(number) && Number.isFinite(Number(number)) ? Number(number) : draft;
    }
    case 'bool':
      return toDraft(parameter, draft) as boolean | string;
    case 'string':
    case 'multi_line_string':
    case 'date':
    case 'datetime':
      return draft;
  }
}

/** A number with a decimal comma, where the language on the screen writes one. */
function withPoint(text: string): string {
  return decimalMark() === ',' && DECIMAL_COMMA.test(text) ? text.replace(',', '.') : text;
}

/** The number that a text with a decimal comma is taken for, to be shown beside it; `null` where nothing has to be said. */
export function understoodAs(parameter: Parameter, draft: Draft): string | null {
  if (parameter.type !== 'float' || typeof draft !== 'string' || !draft.includes(',')) return null;
  const value = toValue(parameter, draft);
  return typeof value === 'number' ? String(value) : null;
}

/** What an emptied field holds: the empty text only where it differs from "not given". */
export function emptied(parameter: Parameter): Draft {
  const text = parameter.type === 'string' || parameter.type === 'multi_line_string';
  return text && parameter.has_default ? '' : null;
}

export function defaultDraft(parameter: Parameter): Draft {
  return parameter.has_default ? toDraft(parameter, parameter.default) : null;
}

export function editable(parameters: readonly Parameter[]): Parameter[] {
  return parameters.filter((parameter) => !parameter.protected);
}

export function fromDefaults(parameters: readonly Parameter[]): Filled {
  const drafts = Object.fromEntries(editable(parameters).map((parameter) => [parameter.name, defaultDraft(parameter)]));
  return { drafts, notes: {}, unknown: [] };
}

/**
 * The values a run had. A default never takes the place of one of them, also not of one that was empty.
 *
 * @param masked names of values of which only a mask is left
 */
export function fromRun(
  parameters: readonly Parameter[],
  values: Readonly<Record<string, ParameterValue>>,
  masked: readonly string[] = [],
): Filled {
  const drafts: Record<string, Draft> = {};
  const notes: Record<string, string> = {};
  for (const parameter of editable(parameters)) {
    const { name } = parameter;
    if (!Object.hasOwn(values, name)) {
      drafts[name] = defaultDraft(parameter);
      if (parameter.has_default) notes[name] = t('runDrawer.notes.newParameter');
      continue;
    }
    const value = values[name];
    if (masked.includes(name) || isMasked(value)) {
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

export function isMasked(value: unknown): boolean {
  return typeof value === 'string' && value.includes(MASK);
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

/** The other way round: an address that fills in what differs from the defaults, but no secret. */
export function toSearch(parameters: readonly Parameter[], drafts: Drafts, secrets: ReadonlySet<string> = new Set()): URLSearchParams {
  const search = new URLSearchParams();
  for (const parameter of editable(parameters)) {
    const draft = drafts[parameter.name] ?? null;
    // Not as it was typed: another language has another decimal mark.
    const value = toValue(parameter, draft);
    if (typeof value === 'object' || secrets.has(parameter.name) || !isChanged(parameter, draft)) continue;
    search.set(parameter.name === FROM ? PREFIX + parameter.name : parameter.name, String(value));
  }
  return search;
}

/** A value that was written as JSON. */
export function fromJson(parameter: Parameter, { value, source }: Pick<Member, 'value' | 'source'>): Draft {
  if (value === null || typeof value === 'string') return toDraft(parameter, value);
  const numeric = parameter.type === 'integer' || parameter.type === 'float';
  if (typeof value === 'number' && numeric) {
    const chosen = parameter.allowed_values.find((allowed) => allowed.value === value);
    if (chosen) return String(chosen.value);
    // A whole number that is too large for the browser is sent as it was written.
    if (toValue(parameter, source) === value || INTEGER.test(source)) return source;
  }
  if (typeof value === 'boolean' && parameter.type === 'bool') return toDraft(parameter, value);
  return { json: value };
}

function unfit(parameter: Parameter, value: ParameterValue | undefined): string | null {
  if (parameter.allowed_values.length === 0 || value === null || value === undefined) return null;
  if (parameter.allowed_values.some((allowed) => String(allowed.value) === String(value))) return null;
  return t('runDrawer.notes.notAChoice', { value: String(value) });
}

/** Whether the run would get something else than the default. */
export function isChanged(parameter: Parameter, draft: Draft): boolean {
  if (draft === null) return false;
  if (isBlank(parameter, draft)) return false;
  if (!parameter.has_default) return true;
  return canonical(parameter, toValue(parameter, draft)) !== canonical(parameter, parameter.default);
}

/** A text that the server takes for none. */
function isBlank(parameter: Parameter, draft: Draft): boolean {
  if (typeof draft !== 'string' || draft.trim() !== '') return false;
  const text = parameter.type === 'string' || parameter.type === 'multi_line_string';
  return parameter.required || !text || (parameter.allowed_values.length > 0 && !parameter.allowed_values.some(({ value }) => value === draft));
}

function canonical(parameter: Parameter, value: Json): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  if (parameter.type === 'date') return value.trim();
  if (parameter.type !== 'datetime') return value;
  const text = value.trim().replace(' ', 'T').toUpperCase();
  return /T\d{2}:\d{2}$/.test(text) ? `${text}:00` : text.replace(/\.0+$/, '');
}

/** What is sent. A field without a value is left out: the task's default is the server's to apply. */
export function toParameters(parameters: readonly Parameter[], drafts: Drafts): Record<string, Json> {
  const values: [string, Json][] = [];
  for (const parameter of editable(parameters)) {
    const draft = drafts[parameter.name] ?? null;
    const value = toValue(parameter, draft);
    // Of a whole number this large, the last digits are lost on the way here; the server has them.
    if (value === null || (isLarge(parameter.default) && draft === defaultDraft(parameter))) continue;
    values.push([parameter.name, value]);
  }
  return Object.fromEntries(values);
}

function isLarge(value: ParameterValue): boolean {
  return typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
}

/** What somebody else would have to send for the same run: the values that differ from the defaults, and the required ones. */
export function toShortest(parameters: readonly Parameter[], drafts: Drafts): Record<string, Json> {
  const needed = parameters.filter((parameter) => parameter.required || isChanged(parameter, drafts[parameter.name] ?? null));
  return toParameters(needed, drafts);
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

/** Where one begins: at what is required and has no value yet, or else at the top. */
export function firstToFill(parameters: readonly Parameter[], drafts: Drafts): Parameter | undefined {
  const { prompted, others } = inOrder(parameters);
  const inPlace = [...prompted, ...others];
  const isOpen = (parameter: Parameter) => {
    const draft = drafts[parameter.name] ?? null;
    return parameter.required && !parameter.has_default && (draft === null || isBlank(parameter, draft));
  };
  return inPlace.find(isOpen) ?? inPlace[0];
}

/** A value in a few words: the label of a choice, yes or no, a text that is not too long. */
export function shown(parameter: Parameter | undefined, value: Json | undefined): string {
  if (value === null || value === undefined) return t('runDrawer.values.none');
  const allowed = parameter?.allowed_values.find((each) => each.value === value);
  if (allowed?.label) return allowed.label;
  if (typeof value === 'boolean') return t(value ? 'runDrawer.values.yes' : 'runDrawer.values.no');
  const text = typeof value === 'object' ? JSON.stringify(value) : withoutT(String(value));
  return text === '' ? t('runDrawer.values.emptyText') : text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

export function title(parameter: Parameter): string {
  return parameter.title || parameter.name;
}
