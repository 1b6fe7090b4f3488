import { afterEach, expect, test, vi } from 'vitest';
import * as form from '@/features/run-drawer/form';
import * as kept from '@/features/run-drawer/kept';
import * as state from '@/features/run-drawer/state';
import * as factories from '@/test/factories';

const year = factories.parameter();
const url = factories.parameter({ name: 'url', type: 'string', default: '' });
const folder = factories.parameter({ name: 'folder', type: 'string', default: 'fixed', protected: true });
const parameters = [year, url, folder];
const start = state.begin(parameters, form.fromDefaults(parameters), null);
const written = (text: string) => state.reduce(parameters, start, { type: 'written', text });
const none = new Set<string>();

afterEach(() => {
  vi.restoreAllMocks();
  sessionStorage.clear();
});

test('what was filled in is found again, the JSON as it was typed', () => {
  const good = written('{"year": 2025, "odd": [1]}');
  kept.keep('SAMPLE', 'a=1', good, none);
  expect(kept.find(parameters, 'SAMPLE', 'a=1')).toEqual(good);
});

test('JSON that cannot be read may hold a secret: what was read before it is found again, and no more', () => {
  const broken = state.reduce(parameters, written('{"year": 2025}'), { type: 'written', text: '{"year": 2026 "url": "hush"}' });
  kept.keep('SAMPLE', '', broken, none);
  expect(sessionStorage.getItem('taskdeck-run-form:SAMPLE')).not.toContain('hush');
  expect(kept.find(parameters, 'SAMPLE', '')).toMatchObject({ drafts: { year: '2025', url: null }, text: null, mistake: null });
});

test('another address, or another task, has a form of its own', () => {
  kept.keep('SAMPLE', '', written('{"year": 2025}'), none);
  expect(kept.find(parameters, 'SAMPLE', 'year=2026')).toBeNull();
  expect(kept.find(parameters, 'OTHER', '')).toBeNull();
});

test('a secret is never written down, not even within the JSON', () => {
  const noted = { ...written('{"year": 2025, "url": "hush", "stray": "hush"}'), notes: { url: '"hush" was no choice' } };
  kept.keep('SAMPLE', '', noted, new Set(['url', 'stray']));
  expect(sessionStorage.getItem('taskdeck-run-form:SAMPLE')).not.toContain('hush');
  expect(kept.find(parameters, 'SAMPLE', '')).toMatchObject({
    drafts: { year: '2025', url: null },
    notes: { url: 'This held a secret, which is not kept. Type it again.' },
  });
});

test('a field that the task has only since then begins with its default', () => {
  kept.keep('SAMPLE', '', written('{"year": 2025}'), none);
  const more = [...parameters, factories.parameter({ name: 'month', default: 6 })];
  expect(kept.find(more, 'SAMPLE', '')?.drafts).toMatchObject({ year: '2025', month: '6' });
});

test('a protected value is never written down', () => {
  kept.keep('SAMPLE', '', start, none);
  expect(sessionStorage.getItem('taskdeck-run-form:SAMPLE')).not.toContain('fixed');
});

test('nothing is found once it was forgotten, nor in what somebody else wrote there', () => {
  kept.keep('SAMPLE', '', start, none);
  kept.forget('SAMPLE');
  expect(kept.find(parameters, 'SAMPLE', '')).toBeNull();
  sessionStorage.setItem('taskdeck-run-form:SAMPLE', '{');
  expect(kept.find(parameters, 'SAMPLE', '')).toBeNull();
  sessionStorage.setItem('taskdeck-run-form:SAMPLE', '{"search": ""}');
  expect(kept.find(parameters, 'SAMPLE', '')).toBeNull();
});

test('without storage, the form lasts as long as the page', () => {
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  expect(() => kept.keep('SAMPLE', '', start, none)).not.toThrow();
});
