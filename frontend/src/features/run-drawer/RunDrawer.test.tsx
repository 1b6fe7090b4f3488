import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, test, vi } from 'vitest';
import type { Task } from '@/api/types';
import * as factories from '@/test/factories';
import { renderRoute } from '@/test/render';
import { never, ok, problem, serve, type Route } from '@/test/server';

const task = factories.task({
  description: 'Draws the **curve**.',
  parameters: [
    factories.parameter({ description: 'Of the report.' }),
    factories.parameter({ name: 'title', type: 'string', title: 'Title', default: null, has_default: false, required: true, prompt: true }),
    factories.parameter({ name: 'fast', type: 'bool', title: 'Fast', default: false }),
    factories.parameter({ name: 'folder', type: 'string', title: 'Folder', default: 'data/2024', protected: true }),
  ],
  connection_states: [
    { id: 'ANA', name: 'Analysis database', declared: true, configured: true },
    { id: 'SRC', name: 'Source', declared: true, configured: false },
    { id: 'EMPS', name: 'EMPS', declared: false, configured: false },
  ],
  last_runs: [factories.run({ id: 812 })],
});

function serveTask(changes: Partial<Task> = {}, more: Record<string, Route> = {}) {
  return serve({
    'GET /api/health': ok(factories.health()),
    'GET /api/tasks': ok(factories.taskList()),
    'GET /api/tasks/SAMPLE': ok({ ...task, ...changes }),
    'GET /api/runs/812': ok(factories.run({ parameters: { year: 2019, title: 'May', fast: true, folder: 'data/2024' } })),
    'POST /api/runs': { status: 201, body: factories.run({ id: 813, status: 'queued', seconds: null }) },
    ...more,
  });
}

const drawer = async () => within(await screen.findByRole('dialog', { name: 'Sample analysis' }));
const form = async () => within(await screen.findByRole('form', { name: 'Values for Sample analysis' }));

describe('the drawer', () => {
  test('tells what the task is, how long it takes, and whether its connections are ready', async () => {
    serveTask();
    renderRoute('/tasks/SAMPLE/run');
    const shown = await drawer();
    expect((await shown.findByText('curve')).tagName).toBe('STRONG');
    expect(shown.getByText(/usually/)).toHaveTextContent('usually 2 min 10 s');
    const connections = within(shown.getByRole('list', { name: 'Connections of this task' })).getAllByRole('listitem');
    expect(connections.map((each) => each.textContent)).toEqual([
      'Analysis database configured',
      'Source not configured yet',
      'EMPS this project has no such connection',
    ]);
  });

  test('shows something of its size while the task is loading', async () => {
    serveTask({}, { 'GET /api/tasks/SAMPLE': never });
    renderRoute('/tasks/SAMPLE/run');
    expect(within(await screen.findByRole('dialog')).getByRole('status', { name: 'Loading the task' })).toBeInTheDocument();
  });

  test('says that there is no such task', async () => {
    serveTask();
    renderRoute('/tasks/GONE/run');
    const shown = within(await screen.findByRole('dialog', { name: 'GONE' }));
    expect(await shown.findByRole('heading', { name: 'There is no task “GONE”' })).toBeInTheDocument();
  });

  test('offers another try when the task could not be loaded', async () => {
    const server = serveTask({}, { 'GET /api/tasks/SAMPLE': problem(500, 'Error', 'The database is locked.') });
    const { user } = renderRoute('/tasks/SAMPLE/run');
    const shown = within(await screen.findByRole('dialog'));
    await user.click(await shown.findByRole('button', { name: 'Try again' }));
    server.set({ 'GET /api/tasks/SAMPLE': ok(task) });
    await user.click(await shown.findByRole('button', { name: 'Try again' }));
    expect(await form()).toBeTruthy();
  });

  test('lies over the page of its task when it was opened by its address, and leaves it when it is closed', async () => {
    serveTask();
    const { user, location } = renderRoute('/tasks/SAMPLE/run');
    await form();
    await user.click(screen.getByRole('button', { name: 'Close' }));
    await waitFor(() => expect(location()).toBe('/tasks/SAMPLE'));
    expect(screen.getByRole('heading', { level: 1, name: 'Sample analysis' })).toBeVisible();
  });

  test('of a broken task shows the problem and does not run', async () => {
    const server = serveTask({ runnable: false, problems: [factories.problem()] });
    const { user } = renderRoute('/tasks/SAMPLE/run');
    const shown = await form();
    expect((await drawer()).getByText('config/data_tasks.json:12:7')).toBeInTheDocument();
    expect(shown.getByRole('button', { name: 'Run' })).toBeDisabled();
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect(server.sent('POST /api/runs')).toEqual([]);
  });
});

describe('the form', () => {
  test('asks first for what is to be decided each time', async () => {
    serveTask();
    renderRoute('/tasks/SAMPLE/run');
    const shown = await form();
    const prompted = within(shown.getByRole('region', { name: 'To decide for each run' }));
    expect(prompted.getByRole('textbox', { name: /Title/ })).toBeRequired();
    await waitFor(() => expect(prompted.getByRole('textbox', { name: /Title/ })).toHaveFocus());
  });

  test('shows protected values with the reason, and no field for them', async () => {
    serveTask();
    renderRoute('/tasks/SAMPLE/run');
    const fixed = within((await form()).getByRole('region', { name: 'Values set by the task' }));
    expect(fixed.getByText('data/2024')).toBeInTheDocument();
    expect(fixed.getByText(/The author of the task has fixed these values/)).toBeInTheDocument();
    expect(fixed.queryByRole('textbox')).not.toBeInTheDocument();
  });

  test('is filled in by its address', async () => {
    serveTask();
    renderRoute('/tasks/SAMPLE/run?year=2025&fast=true&nothing=1');
    const shown = await form();
    expect(shown.getByRole('textbox', { name: /Year/ })).toHaveValue('2025');
    expect(shown.getByRole('switch', { name: /Fast/ })).toBeChecked();
    expect(shown.getByText(/does not take it: nothing/)).toBeInTheDocument();
  });

  test('marks a changed value and takes it back', async () => {
    serveTask();
    const { user } = renderRoute('/tasks/SAMPLE/run');
    const shown = await form();
    const year = shown.getByRole('textbox', { name: 'Year' });
    expect(shown.queryByRole('button', { name: /Reset/ })).not.toBeInTheDocument();
    await user.clear(year);
    await user.type(year, '2025');
    expect(shown.getByRole('textbox', { name: /^Year\s*\(changed\)$/ })).toHaveValue('2025');
    await user.click(shown.getByRole('button', { name: 'Reset Year to 2024' }));
    expect(shown.getByRole('textbox', { name: 'Year' })).toHaveValue('2024');
  });
});

describe('a run', () => {
  test('is started with typed values, and its page opened', async () => {
    const server = serveTask();
    const { user, location } = renderRoute('/tasks/SAMPLE/run?year=2025');
    const shown = await form();
    await user.type(shown.getByRole('textbox', { name: /Title/ }), 'June');
    await user.click(shown.getByRole('button', { name: 'Run' }));
    await waitFor(() => expect(location()).toBe('/runs/813'));
    expect(server.sent('POST /api/runs').map((request) => request.body)).toEqual([
      { task: 'SAMPLE', parameters: { year: 2025, title: 'June', fast: false }, rerun_of: null },
    ]);
  });

  test('is started by Ctrl and Enter, but not by Enter alone', async () => {
    const server = serveTask();
    const { user, location } = renderRoute('/tasks/SAMPLE/run');
    await user.type((await form()).getByRole('textbox', { name: /Title/ }), 'June{Enter}');
    expect(server.sent('POST /api/runs')).toEqual([]);
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(location()).toBe('/runs/813'));
  });

  test('that is refused shows each problem at its field, and the cursor is in the first', async () => {
    serveTask(
      {},
      { 'POST /api/runs': problem(422, 'Unprocessable Content', 'Two values are wrong.', { year: 'must be a whole number, found 20x', title: 'is required' }) },
    );
    const { user } = renderRoute('/tasks/SAMPLE/run?year=20x');
    const shown = await form();
    await user.click(shown.getByRole('button', { name: 'Run' }));
    const title = shown.getByRole('textbox', { name: /Title/ });
    await waitFor(() => expect(title).toBeInvalid());
    expect(title).toHaveAccessibleDescription(/Title is required\./);
    expect(title).toHaveFocus();
    expect(shown.getByRole('textbox', { name: /Year/ })).toHaveAccessibleDescription(/Year must be a whole number, found 20x\./);
    await user.type(title, 'June');
    expect(title).not.toBeInvalid();
  });

  test('whose answer was lost is asked for again as the same one', async () => {
    let calls = 0;
    const server = serveTask(
      {},
      {
        'POST /api/runs': () => {
          calls += 1;
          if (calls === 1) throw new TypeError('Failed to fetch');
          return { status: 200, body: factories.run({ id: 813, status: 'queued' }) };
        },
      },
    );
    const { user, location } = renderRoute('/tasks/SAMPLE/run?title=June');
    await user.click((await form()).getByRole('button', { name: 'Run' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('The server does not answer.');
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(location()).toBe('/runs/813'));
    const [first, second] = server.sent('POST /api/runs').map((request) => request.headers.get('Idempotency-Key'));
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(second).toBe(first);
  });
});

describe('the values of an earlier run', () => {
  test('fill in the form that is opened from it, and no default takes their place', async () => {
    const server = serveTask();
    const { user, location } = renderRoute('/tasks/SAMPLE/run?from=812');
    const shown = await form();
    expect(shown.getByRole('textbox', { name: /Year/ })).toHaveValue('2019');
    expect(shown.getByRole('textbox', { name: /Title/ })).toHaveValue('May');
    expect(shown.getByRole('switch', { name: /Fast/ })).toBeChecked();
    await user.click(shown.getByRole('button', { name: 'Run' }));
    await waitFor(() => expect(location()).toBe('/runs/813'));
    expect(server.sent('POST /api/runs')[0]?.body).toEqual({
      task: 'SAMPLE',
      parameters: { year: 2019, title: 'May', fast: true },
      rerun_of: 812,
    });
  });

  test('can be taken into an open form, and given up again', async () => {
    serveTask();
    const { user } = renderRoute('/tasks/SAMPLE/run');
    const shown = await form();
    await user.click(shown.getByRole('button', { name: 'Use the values of a run' }));
    await user.click(await screen.findByRole('button', { name: /Use the values of run 812/ }));
    await waitFor(() => expect(shown.getByRole('textbox', { name: /Year/ })).toHaveValue('2019'));
    await user.click(shown.getByRole('button', { name: 'Use the defaults' }));
    expect(shown.getByRole('textbox', { name: 'Year' })).toHaveValue('2024');
  });

  test('that cannot be read are said to be missing', async () => {
    serveTask();
    renderRoute('/tasks/SAMPLE/run?from=5');
    expect(await screen.findByRole('alert')).toHaveTextContent('The values of run 5 could not be read; these are the defaults');
    expect((await form()).getByRole('textbox', { name: /Year/ })).toHaveValue('2024');
  });
});

test('the link to a form is copied, with the values in it', async () => {
  serveTask();
  const { user } = renderRoute('/tasks/SAMPLE/run?year=2025');
  const write = vi.spyOn(navigator.clipboard, 'writeText');
  await user.click((await form()).getByRole('button', { name: 'Copy link' }));
  expect(write).toHaveBeenCalledWith('http://localhost:3000/tasks/SAMPLE?year=2025');
});

test('the link to a form without values opens the form as well', async () => {
  serveTask();
  const { user } = renderRoute('/tasks/SAMPLE/run');
  const write = vi.spyOn(navigator.clipboard, 'writeText');
  await user.click((await form()).getByRole('button', { name: 'Copy link' }));
  expect(write).toHaveBeenCalledWith('http://localhost:3000/tasks/SAMPLE/run');
});
