import { screen, waitFor, within } from '@testing-library/react';
import axe from 'axe-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as preferences from '@/lib/preferences';
import * as factories from '@/test/factories';
import { layOut } from '@/test/layout';
import { renderRoute } from '@/test/render';
import { ok, serve } from '@/test/server';
import { speak } from '@/texts';

beforeEach(layOut);

beforeEach(() => {
  localStorage.clear();
  serve({
    'GET /api/health': ok(factories.health()),
    'GET /api/runs': ok({ runs: [factories.run({ created_at: '2020-01-31T22:30:00Z', started_at: '2020-01-31T22:30:00Z' })], next_before: null }),
    'GET /api/tasks': ok(factories.taskList()),
  });
});

afterEach(async () => {
  preferences.set(preferences.DEFAULTS);
  await speak('en');
});

const group = (name: string) => within(screen.getByRole('radiogroup', { name }));

test('the sidebar leads to the settings', async () => {
  const { user, location } = renderRoute('/runs');
  await user.click(await screen.findByRole('link', { name: 'Settings' }));
  expect(await screen.findByRole('heading', { level: 1, name: 'Settings' })).toBeVisible();
  expect(location()).toBe('/settings');
});

test('the colours are those chosen', async () => {
  const { user } = renderRoute('/settings');
  await screen.findByRole('heading', { level: 1 });
  await user.click(group('Colours').getByRole('radio', { name: 'Dark' }));
  expect(document.documentElement).toHaveAttribute('data-mantine-color-scheme', 'dark');
});

test('the density is the one chosen', async () => {
  const { user } = renderRoute('/settings');
  await screen.findByRole('heading', { level: 1 });
  await user.click(group('Density').getByRole('radio', { name: 'Compact' }));
  expect(document.documentElement).toHaveAttribute('data-density', 'compact');
});

test('times are those of the zone chosen', async () => {
  const { user } = renderRoute('/settings');
  const zone = await screen.findByRole('combobox', { name: 'Time zone' });
  await user.click(zone);
  await user.clear(zone);
  await user.type(zone, 'kampala');
  await user.click(await screen.findByRole('option', { name: 'Africa/Kampala', hidden: true }));
  await user.click(screen.getByRole('link', { name: 'Runs' }));
  expect(await screen.findByText('1 Feb 2020, 01:30')).toBeVisible();
});

test('the language changes at once, and comes back', async () => {
  const { user } = renderRoute('/settings');
  await screen.findByRole('heading', { level: 1, name: 'Settings' });
  await user.click(group('Language').getByRole('radio', { name: 'Français' }));
  expect(await screen.findByRole('heading', { level: 1, name: 'Réglages' })).toBeVisible();
  expect(screen.getByRole('link', { name: /^Exécutions/ })).toBeVisible();
  expect(document.documentElement.lang).toBe('fr');
  await waitFor(() => expect(preferences.get().language).toBe('fr'));
  await user.click(group('Langue').getByRole('radio', { name: 'English' }));
  expect(await screen.findByRole('heading', { level: 1, name: 'Settings' })).toBeVisible();
});

test('the browser is asked when somebody wants to be told of all her runs', async () => {
  const ask = vi.fn(() => Promise.resolve('granted'));
  vi.stubGlobal('Notification', { permission: 'default', requestPermission: ask });
  const { user } = renderRoute('/settings');
  const wanted = await screen.findByRole('switch', { name: 'Tell me when any run that I started here ends' });
  expect(ask).not.toHaveBeenCalled();
  await user.click(wanted);
  expect(wanted).toBeChecked();
  expect(ask).toHaveBeenCalledOnce();
  expect(preferences.get().notifyOwnRuns).toBe(true);
  vi.unstubAllGlobals();
});

test('all settings become what they were, once that is confirmed', async () => {
  const { user } = renderRoute('/settings');
  await screen.findByRole('heading', { level: 1, name: 'Settings' });
  await user.click(group('Density').getByRole('radio', { name: 'Compact' }));
  await user.click(group('Colours').getByRole('radio', { name: 'Dark' }));
  await user.click(screen.getByRole('button', { name: 'Reset all settings' }));
  await user.click(await screen.findByRole('button', { name: 'Reset' }));
  await waitFor(() => expect(preferences.get()).toEqual(preferences.DEFAULTS));
  expect(group('Colours').getByRole('radio', { name: 'As the system', hidden: true })).toBeChecked();
});

test('axe finds nothing', async () => {
  const { container } = renderRoute('/settings');
  await screen.findByRole('heading', { level: 1 });
  // Without a layout, colours cannot be judged.
  const { violations } = await axe.run(container, { rules: { 'color-contrast': { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
});
