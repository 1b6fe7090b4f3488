import { act, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, expect, test } from 'vitest';
import * as favourites from '@/lib/favourites';
import * as factories from '@/test/factories';
import { renderRoute } from '@/test/render';
import { never, ok, problem, serve } from '@/test/server';
import { socket } from '@/test/socket';

const load = factories.taskSummary({ id: 'LOAD', name: 'Load the data', tags: ['start'], typical_seconds: 2.4 });
const report = factories.taskSummary({
  id: 'REPORT',
  name: 'Weekly report',
  tags: ['report'],
  last_runs: [
    factories.run({ id: 812, status: 'failed', reason: 'Cell 4: ValueError: no data' }),
    factories.run({ id: 811, status: 'succeeded' }),
  ],
});
const hidden = factories.taskSummary({ id: 'UPDATE', name: 'Update the project', hidden: true, tags: [] });

function serveTasks(tasks = [load, report, hidden], changes = {}) {
  return serve({
    'GET /api/health': ok(factories.health()),
    'GET /api/tasks': ok(factories.taskList(tasks, changes)),
    'GET /api/tasks/LOAD': ok(factories.task({ ...load })),
  });
}

beforeEach(() => {
  for (const { id } of [load, report, hidden]) favourites.set(id, false);
});

const rows = async () => within(await screen.findByRole('list', { name: 'Tasks' }));

test('while the tasks are loading, something of their size is shown', async () => {
  serve({ 'GET /api/health': ok(factories.health()), 'GET /api/tasks': never });
  renderRoute('/tasks');
  expect(await screen.findByRole('status', { name: 'Loading the tasks' })).toBeVisible();
});

test('when the tasks cannot be loaded, the reason is shown and another try is offered', async () => {
  const server = serve({
    'GET /api/health': ok(factories.health()),
    'GET /api/tasks': problem(500, 'Internal Server Error', 'The database is locked.'),
  });
  const { user } = renderRoute('/tasks');
  expect(await screen.findByRole('alert')).toHaveTextContent('The tasks could not be loadedThe database is locked.');
  server.set({ 'GET /api/tasks': ok(factories.taskList([load])) });
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await screen.findByRole('link', { name: 'Load the data' })).toBeVisible();
});

test('who is signed out is led to the sign-in', async () => {
  serve({ 'GET /api/tasks': problem(401, 'Unauthorized', 'Credentials are missing.') });
  renderRoute('/tasks');
  expect(await screen.findByRole('link', { name: 'Sign in' })).toHaveAttribute('href', '/login?next=%2Ftasks');
});

test('an empty project explains what a task is and where to put it', async () => {
  serveTasks([]);
  renderRoute('/tasks');
  expect(await screen.findByRole('heading', { name: '“health” has no tasks yet' })).toBeVisible();
  expect(screen.getByText('config/data_tasks.json')).toBeVisible();
});

test('an empty project is offered the sample', async () => {
  const server = serveTasks([]);
  const { user } = renderRoute('/tasks');
  const offer = await screen.findByRole('button', { name: 'Write a sample' });
  server.set({ 'POST /api/sample': ok({ files: ['config/data_tasks.json'] }), 'GET /api/tasks': ok(factories.taskList([load])) });
  await user.click(offer);
  expect(await screen.findByRole('link', { name: 'Load the data' })).toBeVisible();
  expect(server.sent('POST /api/sample')).toHaveLength(1);
});

test('an empty project that the sample cannot be written to is not offered it', async () => {
  serveTasks([], { sample_offered: false });
  renderRoute('/tasks');
  expect(await screen.findByRole('heading', { name: '“health” has no tasks yet' })).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Write a sample' })).not.toBeInTheDocument();
});

test('a sample that could not be written says why', async () => {
  serveTasks([]).set({
    'POST /api/sample': problem(409, 'Conflict', 'The directory /srv/health cannot be written: Read-only file system.'),
  });
  const { user } = renderRoute('/tasks');
  await user.click(await screen.findByRole('button', { name: 'Write a sample' }));
  expect(await screen.findByText(/Read-only file system/)).toBeVisible();
});

test('a task shows how its runs ended, how long it usually takes, and a button to run it', async () => {
  serveTasks();
  renderRoute('/tasks');
  const list = await rows();
  expect(list.getByText('2.4 s')).toBeVisible();
  const runs = within(list.getByRole('list', { name: 'Last runs, oldest first' })).getAllByRole('link');
  expect(runs.map((run) => run.getAttribute('aria-label'))).toEqual([
    expect.stringMatching(/^Run 811: succeeded · .* · 2 min 10 s$/),
    expect.stringMatching(/^Run 812: failed · .* · Cell 4: ValueError: no data$/),
  ]);
  expect(list.getByRole('link', { name: 'Run Weekly report' })).toHaveAttribute('href', '/tasks/REPORT/run');
});

test('typing finds tasks; a tag narrows further; clearing brings all back', async () => {
  serveTasks();
  const { user } = renderRoute('/tasks');
  await rows();
  await user.type(screen.getByRole('searchbox', { name: 'Search tasks' }), 'weekly');
  expect(screen.queryByRole('link', { name: 'Load the data' })).not.toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'start' }));
  expect(screen.getByRole('heading', { name: 'No task matches' })).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Clear the search' }));
  expect(screen.getByRole('link', { name: 'Load the data' })).toBeVisible();
  expect(screen.getByRole('link', { name: 'Weekly report' })).toBeVisible();
});

test('hidden tasks are shown on demand', async () => {
  serveTasks();
  const { user } = renderRoute('/tasks');
  await rows();
  expect(screen.queryByRole('link', { name: 'Update the project' })).not.toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Show hidden (1)' }));
  expect(screen.getByRole('link', { name: 'Update the project' })).toBeVisible();
});

test('a project whose tasks are all hidden says so', async () => {
  serveTasks([hidden]);
  const { user } = renderRoute('/tasks');
  await user.click(await screen.findByRole('button', { name: 'Show 1 hidden task' }));
  expect(screen.getByRole('link', { name: 'Update the project' })).toBeVisible();
});

test('a broken task says what is wrong and where, cannot be run, and hides no other', async () => {
  const finding = factories.problem({ expected: 'a file', found: "'broken.ipynb'", task_id: 'BROKEN' });
  const broken = factories.taskSummary({ id: 'BROKEN', name: 'Broken', runnable: false, problems: [finding] });
  serveTasks([broken, load], { problems: [finding] });
  renderRoute('/tasks');
  const list = await rows();
  expect(list.getByText('Cannot run')).toBeVisible();
  expect(list.getByText('config/data_tasks.json:12:7')).toBeVisible();
  expect(list.getByText(/Expected a file, found 'broken.ipynb'/)).toBeVisible();
  expect(list.queryByRole('link', { name: 'Run Broken' })).not.toBeInTheDocument();
  expect(list.getByRole('link', { name: 'Run Load the data' })).toBeVisible();
});

test('problems of the project are listed with their places', async () => {
  const finding = factories.problem({ file: 'config/data_connections.json', message: 'a comma is missing' });
  serveTasks([load], { problems: [finding] });
  renderRoute('/tasks');
  const panel = within(await screen.findByRole('region', { name: 'Problems of the configuration' }));
  expect(panel.getByRole('button', { name: /1 error in the configuration/ })).toHaveAttribute('aria-expanded', 'true');
  expect(panel.getByText('A comma is missing.')).toBeVisible();
  expect(panel.getByText('config/data_connections.json:12:7')).toBeVisible();
});

test('a run that starts elsewhere appears among the last runs', async () => {
  serveTasks();
  renderRoute('/tasks');
  await rows();
  act(() => socket.receive('run', factories.run({ id: 900, task: 'LOAD', status: 'running', seconds: null })));
  expect(await screen.findByRole('link', { name: /^Run 900: running/ })).toBeVisible();
});

test('r opens the first task that can run', async () => {
  serveTasks();
  const { user, location } = renderRoute('/tasks');
  await rows();
  await user.keyboard('r');
  await waitFor(() => expect(location()).toBe('/tasks/LOAD/run'));
});

test('the form of a task opens over the list, which keeps what was typed and the place of the keyboard', async () => {
  serveTasks();
  const { user, location } = renderRoute('/tasks');
  const list = await rows();
  await user.type(screen.getByRole('searchbox', { name: 'Search tasks' }), 'load');
  const run = list.getByRole('link', { name: 'Run Load the data' });
  await user.click(run);
  await screen.findByRole('dialog', { name: 'Load the data' });
  expect(location()).toBe('/tasks/LOAD/run');
  expect(run).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Close' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
  expect(location()).toBe('/tasks');
  expect(screen.getByRole('searchbox', { name: 'Search tasks' })).toHaveValue('load');
  expect(run).toHaveFocus();
});

test('what is searched for is marked, is in the address, and is there again when the address is opened', async () => {
  serveTasks();
  const { user, location, unmount } = renderRoute('/tasks');
  await rows();
  await user.type(screen.getByRole('searchbox', { name: 'Search tasks' }), 'week');
  expect(screen.getByText('Week').tagName).toBe('MARK');
  await waitFor(() => expect(location()).toBe('/tasks?q=week'));
  unmount();
  renderRoute('/tasks?q=week&tag=report');
  const list = await rows();
  expect(list.getAllByRole('listitem').filter((row) => row.hasAttribute('data-task'))).toHaveLength(1);
  expect(screen.getByRole('searchbox', { name: 'Search tasks' })).toHaveValue('week');
  expect(screen.getByRole('button', { name: 'report' })).toHaveAttribute('aria-pressed', 'true');
});

test('a favourite comes first, stays one, and can be all that is shown', async () => {
  serveTasks();
  const { user, location } = renderRoute('/tasks');
  const list = await rows();
  const names = () => list.getAllByRole('link', { name: /^(Load the data|Weekly report)$/ }).map((link) => link.textContent);
  expect(names()).toEqual(['Load the data', 'Weekly report']);
  await user.click(list.getByRole('button', { name: 'Favourite: Weekly report' }));
  expect(names()).toEqual(['Weekly report', 'Load the data']);
  expect(localStorage.getItem('taskdeck-favourites')).toBe('["REPORT"]');
  await user.click(screen.getByRole('button', { name: 'Favourites (1)' }));
  await waitFor(() => expect(names()).toEqual(['Weekly report']));
  expect(location()).toBe('/tasks?favourites=');
});

test('the arrows lead from the search through the rows and back, and r runs the row', async () => {
  serveTasks();
  const { user, location } = renderRoute('/tasks');
  await rows();
  await user.keyboard('/');
  expect(screen.getByRole('searchbox', { name: 'Search tasks' })).toHaveFocus();
  await user.keyboard('{ArrowDown}{ArrowDown}');
  expect(screen.getByRole('link', { name: 'Weekly report' })).toHaveFocus();
  await user.keyboard('{ArrowUp}{ArrowUp}');
  expect(screen.getByRole('searchbox', { name: 'Search tasks' })).toHaveFocus();
  await user.keyboard('{ArrowDown}{End}r');
  await waitFor(() => expect(location()).toBe('/tasks/REPORT/run'));
});

test('Enter in the search opens the best match', async () => {
  serveTasks();
  const { user, location } = renderRoute('/tasks');
  await rows();
  await user.type(screen.getByRole('searchbox', { name: 'Search tasks' }), 'the data{Enter}');
  await waitFor(() => expect(location()).toBe('/tasks/LOAD'));
});
