/** The form of a connection: which values changed, and what is sent. Pure. */

import type { Connection, ConnectionField, FieldValue } from '@/api/types';

/** What is to become of a secret: it is never shown, so a stored one is kept, replaced or removed. */
export type SecretEdit = { kind: 'keep' } | { kind: 'replace'; text: string } | { kind: 'remove' };

export interface Edits {
  /** By field, what was typed. Only those that were touched. */
  readonly texts: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, SecretEdit>>;
}

export const untouched: Edits = { texts: {}, secrets: {} };

/** The declared fields, and those that the project's file gives beside them. */
export function fieldsOf(connection: Connection): ConnectionField[] {
  const declared = new Set(connection.fields.map((field) => field.name));
  const extra = (name: string, secret: boolean): ConnectionField => ({
    name,
    type: secret ? 'password' : 'text',
    label: name,
    secret,
  });
  return [
    ...connection.fields,
    ...Object.keys(connection.values)
      .filter((name) => !declared.has(name))
      .map((name) => extra(name, false)),
    ...connection.stored_secrets.filter((name) => !declared.has(name)).map((name) => extra(name, true)),
  ];
}

export function textOf(connection: Connection, edits: Edits, field: ConnectionField): string {
  return edits.texts[field.name] ?? asText(connection.values[field.name]);
}

export function secretOf(connection: Connection, edits: Edits, field: ConnectionField): SecretEdit {
  const edit = edits.secrets[field.name];
  if (edit) return edit;
  return connection.stored_secrets.includes(field.name) ? { kind: 'keep' } : { kind: 'replace', text: '' };
}

/**
 * What differs from the stored values, as the server takes it: null removes a value, and what is left out is kept.
 * A number stays the text that was typed: tasks get values unconverted.
 */
export function changes(connection: Connection, edits: Edits): Record<string, FieldValue> {
  const changed: Record<string, FieldValue> = {};
  for (const field of fieldsOf(connection)) {
    if (field.secret) {
      const edit = edits.secrets[field.name];
      if (edit?.kind === 'remove') changed[field.name] = null;
      else if (edit?.kind === 'replace' && edit.text !== '') changed[field.name] = edit.text;
    } else {
      const typed = edits.texts[field.name];
      if (typed === undefined || typed === asText(connection.values[field.name])) continue;
      changed[field.name] = typed === '' ? null : typed;
    }
  }
  return changed;
}

export function isDirty(connection: Connection, edits: Edits): boolean {
  return Object.keys(changes(connection, edits)).length > 0;
}

/** Fields that were emptied and still have a value once saved: that of the project's file. */
export function fromFile(sent: Readonly<Record<string, FieldValue>>, saved: Connection): string[] {
  return Object.keys(sent).filter(
    (name) => sent[name] === null && (asText(saved.values[name]) !== '' || saved.stored_secrets.includes(name)),
  );
}

function asText(value: FieldValue | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}
