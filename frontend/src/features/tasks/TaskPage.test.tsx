import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import type { Task } from '@/api/types';
import * as factories from '@/test/factories';
import { renderRoute } from '@/test/render';
import { never, ok, problem, serve, type Route } from '@/test/server';
import { socket } from '@/test/socket';

function serveTask(changes: Partial<Task> = {}, more: Record<string, Route> = {}) {
  return serve({
    'GET /api/health': ok(factories.health()),
    'GET /api/tasks': ok(factories.taskList()),
    'GET /api/tasks/SAMPLE': ok(factories.task(changes)),
    'GET /api/tasks/SAMPLE/lint': ok({ findings: [] }),
    'GET /api/runs': ok({ runs: [], next_before: null }),
    ...more,
  });
}

const title = () => screen.findByRole('heading', { level: 1, name: 'Sample analysis' });

describe('the page of a task', () => {
  test('tells what it is, and runs it over the page', async () => {
    serveTask({ description: 'Draws the **curve**.' });
    const { user, location } = renderRoute('/tasks/SAMPLE');
    await title();
    expect(screen.getByText('curve').tagName).toBe('STRONG');
    expect(screen.getByText(/^usually/)).toHaveTextContent('usually 2 min 10 s');
    await user.click(screen.getByRole('link', { name: 'Run' }));
    await screen.findByRole('dialog', { name: 'Sample analysis' });
    expect(location()).toBe('/tasks/SAMPLE/run');
    await title();
  });

  test('shows something of its size while the task is loading', async () => {
    serveTask({}, { 'GET /api/tasks/SAMPLE': never });
    renderRoute('/tasks/SAMPLE');
    expect(await screen.findByRole('status', { name: 'Loading the task' })).toBeInTheDocument();
  });

  test('says that there is no such task', async () => {
    serveTask();
    renderRoute('/tasks/GONE');
    expect(await screen.findByRole('heading', { name: 'There is no task “GONE”' })).toBeInTheDocument();
  });

  test('offers another try when the task could not be loaded', async () => {
    const server = serveTask({}, { 'GET /api/tasks/SAMPLE': problem(500, 'Error', 'The database is locked.') });
    const { user } = renderRoute('/tasks/SAMPLE');
    expect(await screen.findByRole('alert')).toHaveTextContent('The database is locked.');
    server.set({ 'GET /api/tasks/SAMPLE': ok(factories.task()) });
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await title();
  });

  test('of a broken task shows the problem and no button to run it', async () => {
    serveTask({ runnable: false, problems: [factories.problem()] });
    renderRoute('/tasks/SAMPLE');
    await title();
    const problems = within(screen.getByRole('region', { name: 'Problems of this task' }));
    expect(problems.getByText('config/data_tasks.json:12:7')).toBeVisible();
    expect(screen.queryByRole('link', { name: 'Run' })).not.toBeInTheDocument();
  });

  test('with values in its address opens the form filled in with them', async () => {
    serveTask();
    const { location } = renderRoute('/tasks/SAMPLE?year=2025');
    const form = within(await screen.findByRole('form', { name: 'Values for Sample analysis' }));
    expect(form.getByRole('textbox', { name: /Year/ })).toHaveValue('2025');
    expect(location()).toBe('/tasks/SAMPLE/run?year=2025');
  });
});

test('a task without parameters, runs or connections says so', async () => {
  serveTask({ parameters: [], connection_states: [] });
  const { user } = renderRoute('/tasks/SAMPLE');
  expect(await screen.findByRole('heading', { name: 'This task has never been run' })).toBeVisible();
  await user.click(screen.getByRole('tab', { name: 'Parameters' }));
  expect(screen.getByRole('heading', { name: 'This task takes no parameters' })).toBeVisible();
});

test('connections tell how their last test ended', async () => {
  const tested = { tested_at: '2026-11-21T10:00:00.000Z', milliseconds: 5 };
  const state = { id: 'ANA', name: 'Analysis', declared: true, configured: true };
  serveTask({
    connection_states: [
      { ...state, last_test: { ...tested, ok: true, message: 'Connected' } },
      { ...state, id: 'SRC', name: 'Source', last_test: { ...tested, ok: false, message: 'The password is wrong.' } },
      { ...state, id: 'NEW', name: 'New' },
      { ...state, id: 'EMPS', name: 'EMPS', declared: false },
    ],
  });
  renderRoute('/tasks/SAMPLE');
  await title();
  const shown = within(screen.getByRole('list', { name: 'Connections of this task' })).getAllByRole('listitem');
  expect(shown.map((each) => each.textContent)).toEqual([
    expect.stringMatching(/^Analysisworks · /),
    expect.stringMatching(/^SourceThe password is wrong. · /),
    'Newconfigured, not tested yet',
    'EMPSthis project has no such connection',
  ]);
});

describe('the runs of a task', () => {
  test('are told with the values that differ from the defaults, and live', async () => {
    serveTask({}, { 'GET /api/runs': ok({ runs: [factories.run(), factories.run({ id: 811, parameters: { year: 2024 } })], next_before: null }) });
    renderRoute('/tasks/SAMPLE');
    const list = within(await screen.findByRole('list', { name: 'Last runs of this task' }));
    const [first, second] = list.getAllByRole('listitem');
    expect(first).toHaveTextContent(/SucceededRun 812Year 2023.*2 min 10 s/);
    expect(second).toHaveTextContent('with the default values');
    expect(list.getByRole('link', { name: 'Run 812' })).toHaveAttribute('href', '/runs/812');
    expect(screen.getByRole('link', { name: 'All runs of this task' })).toHaveAttribute('href', '/runs?task=SAMPLE');
    act(() => socket.receive('run', factories.run({ id: 900, status: 'running', seconds: null })));
    expect(await list.findByRole('link', { name: 'Run 900' })).toBeVisible();
  });

  test('that cannot be loaded can be asked for again', async () => {
    const server = serveTask({}, { 'GET /api/runs': problem(500, 'Error', 'The database is locked.') });
    const { user } = renderRoute('/tasks/SAMPLE');
    expect(await screen.findByRole('alert')).toHaveTextContent('The runs of this task could not be loaded');
    server.set({ 'GET /api/runs': ok({ runs: [factories.run()], next_before: null }) });
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('link', { name: 'Run 812' })).toBeVisible();
  });

  test('are being loaded', async () => {
    serveTask({}, { 'GET /api/runs': never });
    renderRoute('/tasks/SAMPLE');
    expect(await screen.findByRole('status', { name: 'Loading the runs of this task' })).toBeInTheDocument();
  });
});

test('parameters are told as their author declared them', async () => {
  serveTask({
    parameters: [
      factories.parameter({ allowed_values: [{ label: 'This year', value: 2024 }] }),
      factories.parameter({ name: 'who', title: 'Who', type: 'string', has_default: false, default: null, required: true, prompt: true }),
      factories.parameter({ name: 'folder', title: '', type: 'string', default: 'data', protected: true }),
    ],
  });
  const { user, location } = renderRoute('/tasks/SAMPLE');
  await title();
  await user.click(screen.getByRole('tab', { name: 'Parameters 3' }));
  await waitFor(() => expect(location()).toBe('/tasks/SAMPLE/parameters'));
  const rows = within(screen.getByRole('table', { name: 'Parameters' })).getAllByRole('row');
  expect(rows.slice(1).map((row) => row.textContent)).toEqual([
    'Year yearwhole numberThis yearThis year',
    'Who whorequiredasked for before each runtextnoneany',
    expect.stringMatching(/^folder folder *fixed by the tasktextdataany$/),
  ]);
});

describe('the documentation', () => {
  const found = { origin: 'file', text: '# How to\n\n<script>alert(1)</script><img src=x onerror="alert(1)"> Read **me**.', file: 'data_tasks/sample.md', truncated: false };

  test('is drawn without anything that could run', async () => {
    serveTask({}, { 'GET /api/tasks/SAMPLE/documentation': ok(found) });
    const { container } = renderRoute('/tasks/SAMPLE/documentation');
    expect(await screen.findByRole('heading', { name: 'How to' })).toBeVisible();
    expect(screen.getByText('data_tasks/sample.md')).toBeVisible();
    expect(container.querySelector('script, [onerror]')).toBeNull();
  });

  test('that is missing tells authors where to write it', async () => {
    serveTask({}, { 'GET /api/tasks/SAMPLE/documentation': ok({ ...found, origin: 'none', text: '', file: '' }) });
    renderRoute('/tasks/SAMPLE/documentation');
    expect(await screen.findByRole('heading', { name: 'This task has no documentation yet' })).toBeVisible();
    expect(screen.getByText('data_tasks/sample.md')).toBeVisible();
  });

  test('is being loaded, and can be asked for again', async () => {
    const server = serveTask({}, { 'GET /api/tasks/SAMPLE/documentation': never });
    const { unmount } = renderRoute('/tasks/SAMPLE/documentation');
    expect(await screen.findByRole('status', { name: 'Loading the documentation' })).toBeInTheDocument();
    unmount();
    server.set({ 'GET /api/tasks/SAMPLE/documentation': problem(409, 'Conflict', 'It leads out of its folder.') });
    renderRoute('/tasks/SAMPLE/documentation');
    expect(await screen.findByRole('alert')).toHaveTextContent('It leads out of its folder.');
  });
});

describe('the source', () => {
  const script = { kind: 'script', language: 'python', file: 'data_tasks/sample.py', text: 'print("hello")', cells: null, truncated: false };

  test('of a script is shown to read', async () => {
    serveTask({}, { 'GET /api/tasks/SAMPLE/source': ok(script) });
    renderRoute('/tasks/SAMPLE/source');
    expect(await screen.findByRole('group', { name: 'data_tasks/sample.py' })).toHaveTextContent('print("hello")');
  });

  test('of a notebook is shown cell by cell', async () => {
    const cells = [
      { id: 'a', type: 'markdown', source: '# First', tags: [] },
      { id: 'b', type: 'code', source: 'x = 1', tags: ['parameters'] },
    ];
    serveTask({}, { 'GET /api/tasks/SAMPLE/source': ok({ ...script, kind: 'notebook', text: null, cells, truncated: true }) });
    renderRoute('/tasks/SAMPLE/source');
    expect(await screen.findByRole('heading', { name: 'First' })).toBeVisible();
    expect(screen.getByRole('group', { name: 'Cell 2' })).toHaveTextContent('x = 1');
    expect(screen.getByText('parameters')).toBeVisible();
    expect(screen.getByText(/only the beginning is shown/)).toBeVisible();
  });

  test('is being loaded, says why it is not there, or that it is empty', async () => {
    const server = serveTask({}, { 'GET /api/tasks/SAMPLE/source': never });
    const first = renderRoute('/tasks/SAMPLE/source');
    expect(await screen.findByRole('status', { name: 'Loading the source' })).toBeInTheDocument();
    first.unmount();
    server.set({ 'GET /api/tasks/SAMPLE/source': problem(404, 'Not Found', 'sample.py does not exist.') });
    const second = renderRoute('/tasks/SAMPLE/source');
    expect(await screen.findByRole('alert')).toHaveTextContent('sample.py does not exist.');
    second.unmount();
    server.set({ 'GET /api/tasks/SAMPLE/source': ok({ ...script, text: '' }) });
    renderRoute('/tasks/SAMPLE/source');
    expect(await screen.findByRole('heading', { name: 'The file is empty' })).toBeVisible();
  });
});

describe('the check of the code', () => {
  const finding = {
    file: 'data_tasks/sample.ipynb',
    line: 34,
    column: 6,
    cell: 2,
    cell_kind: 'code',
    cell_line: 3,
    rule: 'syntax',
    severity: 'error',
    message: 'This is not valid Python: invalid syntax.',
    advice: 'Mend it: a run would fail here.',
  };

  test('lists what was found, with the cell and what to do', async () => {
    const text = { ...finding, cell_kind: 'markdown', cell_line: 1, rule: 'secret', severity: 'warning', message: 'This looks like a token.', advice: '' };
    const findings = [finding, text, { ...text, cell: 0 }, { ...finding, cell_line: null }, { ...finding, cell: null, cell_kind: null, cell_line: null }];
    serveTask({}, { 'GET /api/tasks/SAMPLE/lint': ok({ findings }) });
    const { user, location } = renderRoute('/tasks/SAMPLE');
    await user.click(await screen.findByRole('tab', { name: 'Check 5' }));
    await waitFor(() => expect(location()).toBe('/tasks/SAMPLE/check'));
    const shown = within(screen.getByRole('region', { name: 'Problems of the code' })).getAllByRole('listitem');
    expect(shown[0]).toHaveTextContent(
      /Error.*This is not valid Python: invalid syntax\.Mend it: a run would fail here\.cell 2, line 3data_tasks\/sample\.ipynb:34:6syntax/,
    );
    expect(shown[1]).toHaveTextContent(/Warning.*text after cell 2/);
    expect(shown[2]).toHaveTextContent('text before cell 1');
    expect(shown[3]).toHaveTextContent(/cell 2data_tasks/);
    expect(shown[4]).not.toHaveTextContent('cell');
  });

  test('says that nothing was found, and looks again', async () => {
    const server = serveTask();
    const { user } = renderRoute('/tasks/SAMPLE/check');
    expect(await screen.findByRole('heading', { name: 'No problems found in the code' })).toBeVisible();
    expect(screen.getByRole('tab', { name: 'Check' })).toBeVisible();
    server.set({ 'GET /api/tasks/SAMPLE/lint': ok({ findings: [finding] }) });
    await user.click(screen.getByRole('button', { name: 'Look again' }));
    expect(await screen.findByText(finding.message)).toBeVisible();
  });

  test('does not call the code sound of a task whose file may not be there', async () => {
    serveTask({ problems: [factories.problem({ severity: 'error' })] });
    renderRoute('/tasks/SAMPLE/check');
    expect(await screen.findByRole('heading', { name: 'Nothing was found beyond the errors above' })).toBeVisible();
  });

  test('is being loaded, and can be asked for again', async () => {
    const server = serveTask({}, { 'GET /api/tasks/SAMPLE/lint': never });
    const first = renderRoute('/tasks/SAMPLE/check');
    expect(await screen.findByRole('status', { name: 'Looking at the code' })).toBeInTheDocument();
    first.unmount();
    server.set({ 'GET /api/tasks/SAMPLE/lint': problem(500, 'Error', 'The server is busy.') });
    const { user } = renderRoute('/tasks/SAMPLE/check');
    expect(await screen.findByRole('alert')).toHaveTextContent('The code could not be looked at');
    server.set({ 'GET /api/tasks/SAMPLE/lint': ok({ findings: [] }) });
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('heading', { name: 'No problems found in the code' })).toBeVisible();
  });
});
