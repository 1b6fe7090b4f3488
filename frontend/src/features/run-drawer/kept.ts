/**
 * What somebody has filled in but not started yet: kept in this tab, so that a reload costs her nothing. By task and by
 * the address that the form was opened with; never a secret, and so never a text that could not be read.
 */

import type { Parameter } from '@/api/types';
import * as form from '@/features/run-drawer/form';
import type * as json from '@/features/run-drawer/json';
import type { State } from '@/features/run-drawer/state';
import { t } from '@/texts';

interface Stored {
  search: string;
  drafts: Record<string, form.Draft>;
  /** Names of fields whose drafts are left out. */
  secret: string[];
  notes: Record<string, string>;
  extras: Record<string, json.Json>;
  unknown: string[];
  text: string | null;
  from: number | null;
  touched: string[];
}

const keyOf = (taskId: string) => `taskdeck-run-form:${taskId}`;

/** @param secrets names of values that are, or hold, a secret */
export function keep(taskId: string, search: string, state: State, secrets: ReadonlySet<string>): void {
  const open = ([name]: readonly [string, unknown]) => !secrets.has(name);
  const stored: Stored = {
    search,
    drafts: Object.fromEntries(Object.entries(state.drafts).filter(open)),
    secret: Object.keys(state.drafts).filter((name) => secrets.has(name)),
    notes: Object.fromEntries(Object.entries(state.notes).filter(open)),
    extras: Object.fromEntries(Object.entries(state.extras).filter(open)),
    unknown: [...state.unknown],
    // The text holds all values, secrets among them; and of one that cannot be read, nobody knows what it holds.
    text: secrets.size > 0 || state.mistake ? null : state.text,
    from: state.from,
    touched: [...state.touched],
  };
  try {
    sessionStorage.setItem(keyOf(taskId), JSON.stringify(stored));
  } catch {
    // Storage is full or switched off: the form lasts as long as the page.
  }
}

export function forget(taskId: string): void {
  try {
    sessionStorage.removeItem(keyOf(taskId));
  } catch {
    // Storage is switched off: nothing was kept.
  }
}

/** What was kept for this address, as far as the task still has these parameters; `null` if nothing. */
export function find(parameters: readonly Parameter[], taskId: string, search: string): State | null {
  let stored: Partial<Stored> | null;
  try {
    stored = JSON.parse(sessionStorage.getItem(keyOf(taskId)) ?? 'null') as Partial<Stored> | null;
  } catch {
    // Storage is switched off, or somebody else wrote there.
    return null;
  }
  if (stored?.search !== search || typeof stored.drafts !== 'object') return null;
  const { drafts: kept, secret = [], notes = {}, extras = {}, unknown = [], text = null, from = null, touched = [] } = stored;
  const fields = form.editable(parameters);
  const found = (parameter: Parameter): form.Draft => {
    const { name } = parameter;
    if (Object.hasOwn(kept, name)) return kept[name] ?? null;
    // A field that the task has only since then begins as it does in a new form.
    return secret.includes(name) ? null : form.defaultDraft(parameter);
  };
  const lost: [string, string][] = fields.filter(({ name }) => secret.includes(name)).map(({ name }) => [name, t('runDrawer.notes.secret')]);
  return {
    drafts: Object.fromEntries(fields.map((parameter) => [parameter.name, found(parameter)])),
    notes: { ...notes, ...Object.fromEntries(lost) },
    extras,
    unknown,
    text,
    mistake: null,
    from,
    touched: new Set(touched),
  };
}
