import { describe, expect, test } from 'vitest';
import * as form from '@/features/connections/form';
import * as factories from '@/test/factories';

const connection = factories.connection();
const [server, port, password] = connection.fields as [typeof connection.fields[0], typeof connection.fields[0], typeof connection.fields[0]];

describe('what is sent', () => {
  const sent = (edits: Partial<form.Edits>) => form.changes(connection, { ...form.untouched, ...edits });

  test('is nothing while nothing was touched, or was put back', () => {
    expect(sent({})).toEqual({});
    expect(sent({ texts: { server: 'db.example.org' } })).toEqual({});
  });

  test('is the text that was typed, also for a number', () => {
    expect(sent({ texts: { port: '05433' } })).toEqual({ port: '05433' });
  });

  test('is null for an emptied field', () => {
    expect(sent({ texts: { port: '' } })).toEqual({ port: null });
  });

  test('keeps, replaces or removes a secret', () => {
    expect(sent({ secrets: { password: { kind: 'keep' } } })).toEqual({});
    expect(sent({ secrets: { password: { kind: 'replace', text: '' } } })).toEqual({});
    expect(sent({ secrets: { password: { kind: 'replace', text: 'new' } } })).toEqual({ password: 'new' });
    expect(sent({ secrets: { password: { kind: 'remove' } } })).toEqual({ password: null });
  });
});

test('a stored secret is kept, one that is not stored has an empty field', () => {
  expect(form.secretOf(connection, form.untouched, password)).toEqual({ kind: 'keep' });
  expect(form.secretOf(factories.connection({ stored_secrets: [] }), form.untouched, password)).toEqual({ kind: 'replace', text: '' });
});

test('values beside the declared fields have a field as well', () => {
  const extra = factories.connection({ values: { server: 'x', sqlite3file: 'a.sqlite' }, stored_secrets: ['password', 'token'] });
  expect(form.fieldsOf(extra).map(({ name, secret }) => [name, secret])).toEqual([
    ['server', false],
    ['port', false],
    ['password', true],
    ['sqlite3file', false],
    ['token', true],
  ]);
});

test('a field shows what was typed, else what is stored', () => {
  expect(form.textOf(connection, form.untouched, server)).toBe('db.example.org');
  expect(form.textOf(connection, { ...form.untouched, texts: { port: '' } }, port)).toBe('');
});

test('an emptied field that still has a value has that of the file', () => {
  expect(form.fromFile({ port: null, server: 'x' }, connection)).toEqual(['port']);
});
