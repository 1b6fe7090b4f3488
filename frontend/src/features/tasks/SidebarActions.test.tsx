import { screen, waitFor, within } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import type { NavigationItem } from '@/api/types';
import { PlayIcon, RefreshIcon } from '@/components/icons';
import { actionIcon } from '@/features/tasks/actionIcons';
import * as factories from '@/test/factories';
import { renderRoute } from '@/test/render';
import { ok, problem, serve, type Route } from '@/test/server';

function serveActions(items: NavigationItem[], more: Record<string, Route> = {}) {
  return serve({
    'GET /api/health': ok(factories.health()),
    'GET /api/tasks': ok(factories.taskList()),
    'GET /api/navigation': ok(factories.navigation(items)),
    'GET /api/tasks/LOAD': ok(factories.task({ id: 'LOAD', name: 'Load' })),
    'GET /api/tasks/REPORT': ok(factories.task({ id: 'REPORT', name: 'Report', parameters: [factories.parameter({ prompt: true })] })),
    'POST /api/runs': { status: 201, body: factories.run({ id: 813, task: 'LOAD', status: 'queued', seconds: null }) },
    ...more,
  });
}

const matchNothing = window.matchMedia.bind(window);

afterEach(() => {
  vi.restoreAllMocks();
});

const prompted = factories.navigationItem({
  prompt: 'Replace the data by those of today?',
  execute_button_text: 'Replace',
  cancel_button_text: 'Keep',
});

const actions = async () => within(await screen.findByRole('region', { name: 'Data' }));
const dialog = async () => within(await screen.findByRole('dialog', { name: 'Refresh the data' }));

test('an action asks its author’s question, in his words, and leads to the run', async () => {
  const server = serveActions([prompted]);
  const { user, location } = renderRoute('/tasks');
  await user.click((await actions()).getByRole('button', { name: 'Refresh the data' }));
  const asked = await dialog();
  expect(asked.getByText('Replace the data by those of today?')).toBeVisible();
  expect(server.sent('POST /api/runs')).toEqual([]);
  await user.click(asked.getByRole('button', { name: 'Replace' }));
  await waitFor(() => expect(location()).toBe('/runs/813'));
  expect(server.sent('POST /api/runs').map(({ body }) => body)).toEqual([{ task: 'LOAD', parameters: {}, rerun_of: null }]);
});

test('an action that is declined starts nothing', async () => {
  const server = serveActions([prompted]);
  const { user } = renderRoute('/tasks');
  await user.click((await actions()).getByRole('button', { name: 'Refresh the data' }));
  await user.click((await dialog()).getByRole('button', { name: 'Keep' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
  expect(server.sent('POST /api/runs')).toEqual([]);
});

test('without a question of its own, a task that asks for values opens its form, another a plain question', async () => {
  serveActions([factories.navigationItem(), factories.navigationItem({ title: 'Report', task: 'REPORT' })]);
  const { user, location } = renderRoute('/settings');
  const list = await actions();
  await user.click(list.getByRole('button', { name: 'Refresh the data' }));
  expect((await dialog()).getByText('Run “Refresh the data” now?')).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Not now' }));
  await user.click(list.getByRole('button', { name: 'Report' }));
  await waitFor(() => expect(location()).toBe('/tasks/REPORT/run'));
  expect(screen.getByRole('heading', { level: 1, name: 'Settings' })).toBeInTheDocument();
});

test('a run that lacks values says so and offers the form', async () => {
  serveActions([prompted], {
    'POST /api/runs': problem(422, 'Unprocessable Content', 'A value is missing.', { year: 'is required' }),
  });
  const { user, location } = renderRoute('/tasks');
  await user.click((await actions()).getByRole('button', { name: 'Refresh the data' }));
  await user.click((await dialog()).getByRole('button', { name: 'Replace' }));
  expect(await screen.findByRole('alert')).toHaveTextContent('A value is missing.');
  await user.click(screen.getByRole('link', { name: 'Open its form' }));
  await waitFor(() => expect(location()).toBe('/tasks/LOAD/run'));
});

test('groups open and close; what leads nowhere here is left out', async () => {
  const nested = factories.navigationItem({ title: 'Weekly' });
  serveActions([
    factories.navigationItem({ title: 'Reports', task: null, items: [nested] }),
    factories.navigationItem({ title: 'A dashboard', task: null, dashboard: 'MAIN' }),
    factories.navigationItem({ title: 'Dashboards', task: null, items: [factories.navigationItem({ task: null, dashboard: 'MAIN' })] }),
  ]);
  const { user } = renderRoute('/tasks');
  const list = await actions();
  expect(list.getAllByRole('button').map((each) => each.textContent)).toEqual(['Reports', 'Weekly']);
  const group = list.getByRole('button', { name: 'Reports', expanded: true });
  await user.click(group);
  expect(list.queryByRole('button', { name: 'Weekly' })).not.toBeInTheDocument();
});

test('on a phone they are one row above the tasks, those of groups among them', async () => {
  vi.spyOn(window, 'matchMedia').mockImplementation((query) =>
    Object.assign(matchNothing(query), { matches: query === '(max-width: 640px)' }),
  );
  serveActions([
    factories.navigationItem(),
    factories.navigationItem({ title: 'Reports', task: null, items: [factories.navigationItem({ title: 'Weekly' })] }),
  ]);
  const { user } = renderRoute('/tasks');
  const list = await actions();
  expect(list.getAllByRole('list')).toHaveLength(1);
  expect(list.getAllByRole('button').map((each) => each.textContent)).toEqual([' Refresh the data', 'Reports Weekly']);
  await user.click(list.getByRole('button', { name: 'Refresh the data' }));
  expect(await dialog()).toBeDefined();
});

test('a project without actions has no place for them', async () => {
  serveActions([]);
  renderRoute('/tasks');
  await screen.findByRole('heading', { level: 1, name: 'Tasks' });
  expect(screen.queryByRole('region', { name: 'Data' })).not.toBeInTheDocument();
});

test('icons are known by their names, and an unknown one is that of a run', () => {
  expect(actionIcon('IconRefresh')).toBe(RefreshIcon);
  expect(actionIcon('refresh-outline')).toBe(RefreshIcon);
  expect(actionIcon('IconUnicorn')).toBe(PlayIcon);
  expect(actionIcon('')).toBe(PlayIcon);
});
