import { screen, waitFor, within } from '@testing-library/react';
import axe from 'axe-core';
import { beforeEach, expect, test } from 'vitest';
import * as factories from '@/test/factories';
import { renderRoute } from '@/test/render';
import { ok, serve } from '@/test/server';

beforeEach(() => {
  localStorage.clear();
  serve({
    'GET /api/health': ok(factories.health()),
    'GET /api/connections': ok({ connections: [] }),
    'GET /api/tasks': ok(
      factories.taskList([factories.taskSummary(), factories.taskSummary({ id: 'CURVE', name: 'The epidemic curve', tags: ['chart'] })]),
    ),
    'GET /api/tasks/CURVE': ok(factories.task({ id: 'CURVE', name: 'The epidemic curve' })),
    'GET /api/runs': ok({ runs: [factories.run(), factories.run({ id: 811, status: 'failed' })], next_before: null }),
    'GET /api/runs/17': ok(factories.run({ id: 17, task_name: 'An old one' })),
  });
});

async function opened(path = '/connections') {
  const rendered = renderRoute(path);
  await screen.findByRole('heading', { level: 1 });
  await rendered.user.keyboard('{Control>}k{/Control}');
  const field = await screen.findByRole('combobox', { name: 'Find tasks, runs, pages and actions' });
  await waitFor(() => expect(field).toHaveFocus());
  return { ...rendered, field };
}

const options = () => screen.getAllByRole('option').map((option) => option.textContent);
const selected = () => screen.getByRole('option', { selected: true });

test('offers the latest runs, the tasks, the pages and what can be changed', async () => {
  await opened();
  expect(await screen.findByRole('option', { name: /Run 812: Sample analysis/ })).toBeVisible();
  expect(screen.getByRole('option', { name: /Run The epidemic curve/ })).toBeVisible();
  expect(within(screen.getByRole('group', { name: 'Pages' })).getAllByRole('option')).toHaveLength(5);
  expect(screen.getByRole('option', { name: 'Compact density' })).toBeVisible();
});

test('what is typed before the palette is there is looked for, and is no shortcut', async () => {
  const { user, location } = renderRoute('/runs');
  await screen.findByRole('heading', { level: 1 });
  screen.getByRole('link', { name: 'Connections' }).focus();
  await user.keyboard('{Control>}k{/Control}gc{Enter}x');
  const field = await screen.findByRole('combobox', { name: 'Find tasks, runs, pages and actions' });
  expect(field).toHaveValue('gcx');
  expect(location()).toBe('/runs');
});

test('a few letters and Enter open the form of a task', async () => {
  const { user, location } = await opened();
  await screen.findByRole('option', { name: /Run The epidemic curve/ });
  await user.keyboard('epc');
  expect(options()[0]).toMatch(/^Run The epidemic curve/);
  await user.keyboard('{Enter}');
  await waitFor(() => expect(location()).toBe('/tasks/CURVE/run'));
  expect(screen.queryByRole('combobox', { name: 'Find tasks, runs, pages and actions' })).not.toBeInTheDocument();
});

test('a number finds its run, however old', async () => {
  const { user, location } = await opened();
  await user.keyboard('#17');
  await screen.findByRole('option', { name: /Run 17: An old one/ });
  await user.keyboard('{Enter}');
  await waitFor(() => expect(location()).toBe('/runs/17'));
});

test('the arrows go round, and say where they are', async () => {
  const { user, field } = await opened();
  await user.keyboard('colours');
  const first = selected();
  expect(field).toHaveAttribute('aria-activedescendant', first.id);
  await user.keyboard('{ArrowUp}');
  expect(selected()).toBe(screen.getAllByRole('option').at(-1));
  await user.keyboard('{ArrowDown}');
  expect(selected()).toBe(first);
});

test('an action is carried out where one is, and the keyboard goes back', async () => {
  const { user, location } = await opened('/tasks');
  await user.keyboard('dark{Enter}');
  await waitFor(() => expect(document.documentElement).toHaveAttribute('data-mantine-color-scheme', 'dark'));
  expect(location()).toBe('/tasks');
});

test('Escape closes it, and the keyboard is where it was', async () => {
  const { user } = renderRoute('/tasks');
  const search = await screen.findByRole('searchbox');
  await user.click(search);
  await user.keyboard('{Control>}k{/Control}');
  await screen.findByRole('combobox', { name: 'Find tasks, runs, pages and actions' });
  await user.keyboard('{Escape}');
  await waitFor(() => expect(search).toHaveFocus());
});

test('says so when nothing is called that', async () => {
  const { user } = await opened();
  await user.keyboard('xyzzy');
  expect(await screen.findByText(/Nothing is called that/)).toBeVisible();
  expect(screen.queryByRole('option')).not.toBeInTheDocument();
});

test('axe finds nothing', async () => {
  await opened();
  await screen.findByRole('option', { name: /Run 812/ });
  // Without a layout, colours cannot be judged.
  const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
});
