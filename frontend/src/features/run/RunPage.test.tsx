import { act, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { RunEvent } from '@/api/events';
import type { Run } from '@/api/types';
import * as factories from '@/test/factories';
import { renderRoute } from '@/test/render';
import { never, ok, problem, serve, type FakeServer, type Route } from '@/test/server';
import { socket } from '@/test/socket';
// Loaded by the page when the first code is shown; here before, or a test could end in the middle of it.
import '@/components/highlight';

/** Each test has a run of its own: the socket of the page outlives a test, as it outlives a page. */
let id = 100;
beforeEach(() => {
  id += 1;
  // Nothing is laid out here; a list that is drawn row by row needs to know what fits.
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockImplementation(function (this: HTMLElement) {
    return this.getAttribute('role') === 'listitem' ? 34 : 600;
  });
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
});

function open(changes: Partial<Run> = {}, search = '', routes: Record<string, Route> = {}) {
  const run = factories.run({ id, last_seq: 0, ...changes });
  const server = serve({
    'GET /api/health': ok(factories.health()),
    'GET /api/tasks/SAMPLE': ok(factories.task()),
    [`GET /api/runs/${id}`]: ok({ ...run, attempts: [factories.attempt()] }),
    ...routes,
  });
  return { run, server, ...renderRoute(`/runs/${id}${search}`) };
}

type Unstamped = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'seq' | 'at' | 'attempt'> : never) : never;

/** What the server sends of this run, in one frame. */
async function receive(events: Unstamped[], { first = 1, ended = false } = {}) {
  const stamped = events.map((event, index) => ({
    ...event,
    seq: first + index,
    at: '2026-11-21T10:00:05.250Z',
    attempt: 1,
  }));
  await screen.findByRole('tab', { name: /Messages/ });
  await act(async () => {
    if (!socket.connected) socket.accept();
    socket.receive('events', { run_id: id, events: stamped, last_seq: first + events.length - 1, ended });
    // The page takes what came once per frame.
    await new Promise((resolve) => requestAnimationFrame(resolve));
  });
}

const message = (text: string, level: 'info' | 'warning' | 'error' = 'info'): Unstamped => ({
  type: 'message',
  level,
  text,
  source: 'task',
});
const cell = (index: number, type: 'code' | 'markdown', source: string) => ({
  index,
  id: `c${index}`,
  cell_type: type,
  source,
  tags: [],
});
const NOTEBOOK: Unstamped[] = [
  {
    type: 'notebook',
    cells: [cell(0, 'markdown', '# Load *claims*'), cell(1, 'code', 'import pandas'), cell(2, 'code', '1 / 0')],
  },
  { type: 'cell_started', index: 1 },
  { type: 'cell_output', index: 1, output: { output_type: 'stream', name: 'stdout', text: 'read 5 rows\n' }, display_id: null },
  { type: 'cell_finished', index: 1, status: 'ok', seconds: 1.5, execution_count: 1, cpu_seconds: 1.2, peak_memory_bytes: 2048 },
];
const FAILED: Unstamped[] = [
  { type: 'cell_started', index: 2 },
  {
    type: 'cell_output',
    index: 2,
    output: { output_type: 'error', ename: 'ZeroDivisionError', evalue: 'division by zero', traceback: ['Traceback …', '\x1b[31mZeroDivisionError\x1b[0m'] },
    display_id: null,
  },
  { type: 'cell_finished', index: 2, status: 'error', seconds: 0.1, execution_count: 2, cpu_seconds: null, peak_memory_bytes: null },
  { type: 'status', status: 'failed', reason: 'Cell 2: ZeroDivisionError: division by zero' },
];
const running: Partial<Run> = { status: 'running', finished_at: null, seconds: null };

describe('a run that waits', () => {
  test('says for which run of its task', async () => {
    open({ status: 'queued', started_at: null, finished_at: null, seconds: null, attempt: 0, waiting_for: 12 });
    expect(await screen.findByRole('heading', { name: 'Waiting for run 12 of this task' })).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'run 12' })).toHaveAttribute('href', '/runs/12');
  });

  test('says that its share of the machine is not free', async () => {
    open({
      status: 'queued', started_at: null, finished_at: null, seconds: null, attempt: 0,
      waiting: { kind: 'resources', text: 'Needs 600 MB of memory (400 MB free).', run_id: null, until: null },
    });
    expect(await screen.findByRole('heading', { name: 'Waiting for its share of the machine' })).toBeInTheDocument();
    expect(screen.getByText(/Needs 600 MB of memory/)).toBeInTheDocument();
  });

  test('says when its next attempt begins, and still shows what the first one said', async () => {
    open({
      status: 'queued', started_at: null, finished_at: null, seconds: null, attempt: 1, max_attempts: 3,
      reason: 'Attempt 1 of 3 failed: no data; next attempt in 10 s.',
      waiting: { kind: 'retry', text: 'Attempt 2 has not begun yet.', run_id: null, until: '2026-11-21T10:05:00.000Z' },
    });
    expect(await screen.findByText(/Attempt 2 begins at/)).toBeInTheDocument();
    expect(screen.queryByRole('heading', { name: /^Waiting/ })).not.toBeInTheDocument();
    expect(screen.getByTitle('Attempt 1 of 3 failed: no data; next attempt in 10 s.')).toBeInTheDocument();
  });

  test('says that all places are taken', async () => {
    open({ status: 'queued', started_at: null, finished_at: null, seconds: null, attempt: 0 }, '', {
      'GET /api/health': ok(factories.health({ worker: { alive: true, running: 2, queued: 1, limit: 2 } })),
    });
    expect(await screen.findByRole('heading', { name: 'Waiting for a free place' })).toBeInTheDocument();
    expect(await screen.findByText(/All 2 places are taken/)).toBeInTheDocument();
  });

  test('says that there is no worker', async () => {
    open({ status: 'queued', started_at: null, finished_at: null, seconds: null, attempt: 0 }, '', {
      'GET /api/health': ok(factories.health({ worker: { alive: false, running: 0, queued: 1, limit: 2 } })),
    });
    expect(await screen.findByRole('heading', { name: 'Waiting for the worker' })).toBeInTheDocument();
  });
});

describe('a run that runs', () => {
  test('shows its messages and how far it is as they come', async () => {
    open(running);
    await receive([message('Reading source'), { type: 'progress', id: 'main', current: 3, total: 12, text: 'Files' }]);
    expect(screen.getByText('Reading source')).toBeInTheDocument();
    const bar = screen.getByRole('progressbar', { name: 'Files' });
    expect(bar).toHaveAttribute('aria-valuenow', '25');
    expect(screen.getByText('3 of 12 · 25 %')).toBeInTheDocument();
    await receive([message('Odd value', 'warning')], { first: 3 });
    expect(await screen.findByText('Odd value')).toBeInTheDocument();
    expect(screen.getByRole('tab', { name: /Messages/ })).toHaveTextContent('Messages 2');
  });

  test('draws only what fits of 100,000 messages', async () => {
    open(running);
    await receive(Array.from({ length: 100_000 }, (_, index) => message(`Message ${index}`)));
    expect(screen.getByRole('tab', { name: /Messages/ })).toHaveTextContent('Messages 100,000');
    expect(screen.getByText('Message 99999')).toBeInTheDocument();
    expect(within(screen.getByRole('region', { name: 'Messages' })).getAllByRole('listitem').length).toBeLessThan(100);
  });

  test('says in which cell it is and how long it usually takes', async () => {
    open(running);
    await receive([...NOTEBOOK, { type: 'cell_started', index: 2 }]);
    expect(screen.getByText('Cell 2 of 2: 1 / 0')).toBeInTheDocument();
    expect(await screen.findByText(/usually 2 min 10 s/)).toBeInTheDocument();
  });

  test('shows its notebook cell by cell', async () => {
    const { user } = open(running);
    await receive(NOTEBOOK);
    await user.click(screen.getByRole('tab', { name: 'Notebook' }));
    expect(screen.getByRole('heading', { name: 'Load claims' })).toBeInTheDocument();
    const done = screen.getByRole('group', { name: 'Cell 1, done' });
    expect(within(done).getByText(/read 5 rows/)).toBeInTheDocument();
    expect(screen.getByRole('group', { name: 'Cell 2, not run' })).toBeInTheDocument();
    await receive([{ type: 'cell_started', index: 2 }], { first: 5 });
    expect(await screen.findByRole('group', { name: 'Cell 2, running' })).toBeInTheDocument();
    const rail = within(screen.getByRole('navigation', { name: 'Cells' }));
    expect(rail.getAllByRole('button').map((button) => button.textContent)).toEqual([
      expect.stringMatching(/^done: 1 Load claims1\.5 s/),
      expect.stringMatching(/^running: 2 1 \/ 0/),
    ]);
  });

  test('says how long it may still take and what that rests on, and marks what is slow', async () => {
    const estimate = {
      run_id: id, basis: 'same_parameters', run_count: 7, seconds: 500,
      cells: [{ index: 1, seconds: 0.2, run_count: 7 }, { index: 2, seconds: 480, run_count: 7 }],
    };
    const { user } = open({ ...running, started_at: new Date().toISOString() }, '?tab=notebook', {
      [`GET /api/runs/${id}/estimate`]: ok(estimate),
    });
    await receive(NOTEBOOK);
    const left = await screen.findByText('about 8 min left');
    await user.hover(left);
    expect(await screen.findByText('From 7 earlier runs with the same values.')).toBeInTheDocument();
    expect(screen.getByRole('progressbar', { name: 'Progress by time' })).toBeInTheDocument();
    const rail = within(screen.getByRole('navigation', { name: 'Cells' }));
    expect(rail.getByRole('button', { name: /Load claims/ })).toHaveTextContent('8× slower than usual');
  });

  test('says nothing of the time left where no earlier run tells', async () => {
    open(running, '', { [`GET /api/runs/${id}/estimate`]: ok({ run_id: id, basis: 'all_runs', run_count: 0, seconds: null, cells: [] }) });
    await receive(NOTEBOOK);
    expect(screen.getByText(/usually 2 min 10 s/)).toBeInTheDocument();
    expect(screen.queryByText(/left$/)).not.toBeInTheDocument();
    expect(screen.queryByRole('progressbar')).not.toBeInTheDocument();
  });

  test('names its values as the form did, all of them behind a button', async () => {
    const { user } = open({
      ...running,
      parameters: { year: 2023, district: 'KMP', strict: false, note: null },
      parameter_titles: { year: 'Year', district: 'District' },
      parameter_value_labels: { district: 'Kampala (17 cases)' },
    });
    await user.click(await screen.findByRole('button', { name: '3 parameters' }));
    const all = within(await screen.findByRole('dialog', { hidden: true }));
    expect(all.getByText('District').nextSibling).toHaveTextContent('Kampala (17 cases)');
    expect(all.getByText('strict').nextSibling).toHaveTextContent('no');
  });

  test('is cancelled after one question, and says that it is stopping', async () => {
    const { user, server, run } = open(running);
    server.set({ [`POST /api/runs/${id}/cancel`]: ok({ ...run, cancel_requested_at: '2026-11-21T10:01:00.000Z' }) });
    await user.click(await screen.findByRole('button', { name: 'Cancel' }));
    expect(server.sent(`POST /api/runs/${id}/cancel`)).toHaveLength(0);
    await user.click(await screen.findByRole('button', { name: 'Stop run' }));
    expect(await screen.findByText('Stopping')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Stopping…' })).toBeDisabled();
    expect(server.sent(`POST /api/runs/${id}/cancel`)).toHaveLength(1);
  });

  test('goes on when the question is answered so', async () => {
    const { user, server } = open(running);
    await user.click(await screen.findByRole('button', { name: 'Cancel' }));
    await user.click(await screen.findByRole('button', { name: 'Keep running' }));
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Stop run' })).not.toBeInTheDocument());
    expect(server.sent(`POST /api/runs/${id}/cancel`)).toHaveLength(0);
  });

  test('that ended just before it was cancelled is no error', async () => {
    const { user, server, run } = open(running);
    server.set({
      [`POST /api/runs/${id}/cancel`]: () => {
        server.set({ [`GET /api/runs/${id}`]: ok({ ...run, status: 'succeeded', seconds: 1 }) });
        return problem(409, 'Conflict', 'The run has already ended.');
      },
    });
    await user.click(await screen.findByRole('button', { name: 'Cancel' }));
    await user.click(await screen.findByRole('button', { name: 'Stop run' }));
    expect(await screen.findByText('Succeeded')).toBeInTheDocument();
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  });

  test('ends on the page at once, before the server is asked again', async () => {
    const { server } = open(running);
    await screen.findByRole('tab', { name: /Messages/ });
    server.set({ [`GET /api/runs/${id}`]: never });
    await receive([message('Done'), { type: 'status', status: 'succeeded', reason: '' }], { ended: true });
    expect(screen.getByText('Succeeded')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Cancel' })).not.toBeInTheDocument();
  });
});

describe('a run that failed', () => {
  test('says why, where, and lets the author know', async () => {
    const { user, location } = open({ status: 'failed', reason: 'Cell 2: ZeroDivisionError: division by zero', facts: { python_version: '3.11.7' } });
    await receive([...NOTEBOOK, ...FAILED], { ended: true });
    const panel = within(screen.getByRole('region', { name: 'What went wrong' }));
    expect(panel.getByRole('heading', { name: 'The task failed' })).toBeInTheDocument();
    expect(panel.getByText('Cell 2: ZeroDivisionError: division by zero')).toBeInTheDocument();
    expect(panel.getByRole('group', { name: 'Traceback' }).closest('details')).not.toHaveAttribute('open');

    await user.click(panel.getByRole('button', { name: 'Copy for the author' }));
    const copied = await navigator.clipboard.readText();
    expect(copied).toContain('Cell 1, before:\nimport pandas');
    expect(copied).toContain('  python_version 3.11.7');
    expect(copied).toContain(`Sample analysis (SAMPLE), run ${id}: failed`);
    expect(copied).toContain('year = 2023');
    expect(copied).toContain('1 / 0');
    expect(copied).toContain('Traceback …\nZeroDivisionError');

    expect(panel.getByRole('group', { name: 'Cell 1: code' })).toHaveTextContent('import pandas');
    expect(panel.getByRole('group', { name: 'Cell 2: code' })).toHaveTextContent('1 / 0');
    expect(panel.getByRole('link', { name: 'Download all to reproduce it' })).toHaveAttribute('href', `/api/runs/${id}/reproduce`);

    await user.click(panel.getByRole('link', { name: 'cell 2: 1 / 0' }));
    expect(location()).toBe(`/runs/${id}?tab=notebook&cell=2`);
    expect(screen.getByRole('group', { name: 'Cell 2, failed' })).toHaveTextContent('ZeroDivisionError: division by zero');
  });

  test.each([
    ['OperationalError: connection to server at "db" failed: Connection refused', 'A data source could not be reached', /Test the connection/],
    ['FileNotFoundError: [Errno 2] No such file or directory: claims.csv', 'A file that the task needs is missing', /its name is the one below/],
    ['Out of memory: the run used more than the 600 MB', 'The task needed more memory than it may have', /a shorter period/],
  ])('says what to do: %s', async (reason, title, advice) => {
    open({ status: 'failed', reason });
    const panel = within(await screen.findByRole('region', { name: 'What went wrong' }));
    expect(panel.getByRole('heading', { name: title })).toBeInTheDocument();
    expect(panel.getByText(advice)).toBeInTheDocument();
  });

  test('of a script shows the traceback it printed', async () => {
    open({ kind: 'script', status: 'failed', reason: 'ValueError: no year' });
    const printed = 'a warning\nTraceback (most recent call last):\n  File "a.py", line 1\nValueError: no year\n';
    await receive([{ type: 'stream', name: 'stderr', text: printed }], { ended: true });
    expect(screen.getByRole('group', { name: 'Traceback' })).toHaveTextContent(
      /^Traceback \(most recent call last\): File "a.py", line 1 ValueError: no year$/,
    );
  });

  test.each([
    ['timed_out', 'The task took too long and was stopped'],
    ['lost', 'The run was lost'],
  ] as const)('%s: %s', async (status, title) => {
    open({ status, reason: 'Because.' });
    expect(await screen.findByRole('heading', { name: title })).toBeInTheDocument();
  });
});

test('a cancelled run is no failure, and says who cancelled it', async () => {
  open({ status: 'cancelled', reason: 'Cancelled by the dashboard' });
  expect(await screen.findByText('Cancelled')).toBeInTheDocument();
  expect(screen.getByText('Cancelled by the dashboard')).toBeInTheDocument();
  expect(screen.queryByRole('region', { name: 'What went wrong' })).not.toBeInTheDocument();
  expect(screen.getByText(/its results may be incomplete/)).toBeInTheDocument();
});

describe('what can be taken along', () => {
  const links = () =>
    screen.getAllByRole('menuitem', { hidden: true }).map((item) => [item.textContent, item.getAttribute('href')?.replace(`/api/runs/${id}`, '')]);

  test('of a notebook: report, notebook, log and what reproduces it', async () => {
    const { user } = open({}, '', { 'GET /api/health': ok(factories.health({ pdf: true })) });
    await user.click(await screen.findByRole('button', { name: 'Download' }));
    await screen.findByRole('menuitem', { name: 'PDF', hidden: true });
    expect(links()).toEqual([
      ['Web page', '/html?code=hidden'],
      ['PDF', '/pdf?code=hidden'],
      ['Notebook (.ipynb)', '/notebook'],
      ['Web page with code', '/html'],
      ['PDF with code', '/pdf'],
      ['Log', '/log'],
      ['All to reproduce it (.zip)', '/reproduce'],
    ]);
  });

  test('is printed by the browser where the server makes no PDF', async () => {
    const print = vi.spyOn(window, 'print').mockImplementation(() => undefined);
    const { user, location } = open();
    await receive(NOTEBOOK, { ended: true });
    await user.click(screen.getByRole('button', { name: 'Download' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Print, or save as PDF', hidden: true }));
    await waitFor(() => expect(print).toHaveBeenCalledOnce());
    expect(location()).toBe(`/runs/${id}?tab=notebook&view=report`);
  });

  test('of a script there is no notebook', async () => {
    const { user } = open({ kind: 'script' });
    await user.click(await screen.findByRole('button', { name: 'Download' }));
    await screen.findByRole('menuitem', { name: 'Log', hidden: true });
    expect(links()).toEqual([['Log', '/log'], ['All to reproduce it (.zip)', '/reproduce']]);
  });
});

describe('the notebook', () => {
  test('is a report without code, at an address of its own', async () => {
    const { user, location } = open({ parameter_titles: { year: 'Year' } }, '?tab=notebook');
    await receive(NOTEBOOK, { ended: true });
    expect(screen.getByRole('group', { name: 'Cell 1: code' })).toBeInTheDocument();
    await user.click(screen.getByRole('switch', { name: 'Report view' }));
    expect(location()).toBe(`/runs/${id}?tab=notebook&view=report`);
    expect(screen.queryByRole('group', { name: /code$/ })).not.toBeInTheDocument();
    expect(screen.getByRole('heading', { name: 'Load claims' })).toBeInTheDocument();
    expect(screen.getByText(/read 5 rows/)).toBeInTheDocument();
    expect(screen.getByText(new RegExp(`Sample analysis, Run ${id}`))).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Print' })).toBeInTheDocument();
  });

  test('folds the code of a cell', async () => {
    const { user } = open({}, '?tab=notebook');
    await receive(NOTEBOOK, { ended: true });
    const fold = screen.getByRole('button', { name: 'Cell 1: code', expanded: true });
    await user.click(fold);
    expect(screen.queryByRole('group', { name: 'Cell 1: code' })).not.toBeInTheDocument();
    expect(screen.getByText('1 line of code')).toBeInTheDocument();
    expect(screen.getByText(/read 5 rows/)).toBeInTheDocument();
  });

  test('leads to a cell from a list as well, where there is no room for the rail', async () => {
    const { user, location } = open({}, '?tab=notebook');
    await receive(NOTEBOOK, { ended: true });
    await user.selectOptions(screen.getByRole('combobox', { name: 'Go to cell' }), '2 1 / 0 (not run)');
    expect(location()).toBe(`/runs/${id}?tab=notebook&cell=2`);
  });
});


describe('a run that succeeded', () => {
  test('is the same run when it is opened later, and can be run again with its values', async () => {
    open();
    await receive([message('All done')], { ended: true });
    expect(screen.getByText('All done')).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Run again' })).toHaveAttribute('href', `/tasks/SAMPLE/run?from=${id}`);
    expect(screen.getByText('2 min 10 s')).toBeInTheDocument();
    expect(within(screen.getByLabelText('Parameters')).getByText('2023')).toBeInTheDocument();
  });

  test('is run again with the key r', async () => {
    const { user, location } = open({}, '', { 'GET /api/tasks': ok(factories.taskList()) });
    await receive([message('All done')], { ended: true });
    await user.keyboard('r');
    await waitFor(() => expect(location()).toBe(`/tasks/SAMPLE/run?from=${id}`), { timeout: 10_000 });
  });

  test('nothing is new in a run that was over before', async () => {
    open();
    await receive(Array.from({ length: 500 }, (_, index) => message(`Message ${index}`)), { ended: true });
    expect(screen.getByText('Message 0')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /new message/ })).not.toBeInTheDocument();
  });

  test('with errors says how many', async () => {
    open({ error_count: 2 });
    expect(await screen.findByText('Succeeded with 2 errors')).toBeInTheDocument();
  });

  test('lists what it published, to download', async () => {
    open({}, '?tab=outputs', { [`GET /api/runs/${id}/outputs/by%20district`]: ok('district,cases\nMubende,64\n"Kampala, C",17\n') });
    await receive(
      [
        { type: 'output', name: 'cases', kind: 'value', value: 131, file: null, size: null, rows: null, columns: null },
        { type: 'output', name: 'by district', kind: 'table', value: null, file: 'by district.csv', size: 2048, rows: 3, columns: ['district', 'cases'] },
      ],
      { ended: true },
    );
    expect(screen.getByText('131')).toBeInTheDocument();
    const table = within(await screen.findByRole('table', { name: 'First rows of by district' }));
    expect(table.getAllByRole('row').map((row) => row.textContent)).toEqual(['districtcases', 'Mubende64', 'Kampala, C17']);
    expect(screen.getByText('2 of 3 rows')).toBeInTheDocument();
    expect(screen.getByText('Table · 3 rows · district, cases · 2 KB')).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Download by district' })).toHaveAttribute('href', `/api/runs/${id}/outputs/by%20district`);
  });

  test('says of a Parquet file, without reading it, that it is to be downloaded', async () => {
    const { server } = open({}, '?tab=outputs');
    await receive([{ type: 'output', name: 'claims', kind: 'file', value: null, file: 'claims.parquet', size: 5_000_000_000, rows: null, columns: null }], { ended: true });
    expect(await screen.findByText(/^Parquet files cannot be shown here/)).toBeVisible();
    expect(screen.getByRole('link', { name: 'Download claims' })).toBeVisible();
    expect(server.sent(`GET /api/runs/${id}/outputs/claims`)).toHaveLength(0);
  });

  test('says why a result has no preview', async () => {
    open({}, '?tab=outputs', { [`GET /api/runs/${id}/outputs/facts`]: problem(404, 'Not Found', 'The file is not there any more.') });
    await receive([{ type: 'output', name: 'facts', kind: 'file', value: null, file: 'facts.json', size: 20, rows: null, columns: null }], { ended: true });
    expect(await screen.findByText('The file is not there any more.')).toBeInTheDocument();
  });

  test('keeps what it takes to repeat it', async () => {
    open({ rerun_of: 7, facts: { python_version: '3.11.7', peak_memory_bytes: 82_935_808 } }, '?tab=details', {
      [`GET /api/runs/${id}/source`]: ok({ cells: [{ cell_type: 'markdown', source: ['# Title'] }, { cell_type: 'code', source: 'x = 1' }] }),
    });
    expect(await screen.findByRole('link', { name: 'run 7' })).toHaveAttribute('href', '/runs/7');
    expect(screen.getByText('3.11.7')).toBeInTheDocument();
    expect(screen.getByText('79.1 MB')).toBeInTheDocument();
    expect(await screen.findByRole('group', { name: 'Source' })).toHaveTextContent('# %% [markdown] # # Title # %% x = 1');
  });
});

test('the details lead to the version of the configuration that the run was started with', async () => {
  open({}, '?tab=details', {
    [`GET /api/runs/${id}`]: ok({ ...factories.run({ id }), attempts: [factories.attempt()], config_version: 41 }),
    [`GET /api/runs/${id}/source`]: ok('print(1)'),
  });
  expect(await within(screen.getByRole('main')).findByRole('link', { name: 'Configuration 41' })).toHaveAttribute('href', '/configuration/41');
});

test('a run that was tried again shows each attempt', async () => {
  const run = factories.run({ id, attempt: 2, max_attempts: 3 });
  const attempts = [
    factories.attempt({ status: 'failed', reason: 'no data', cpu_seconds: 1.5, peak_memory_bytes: 82_935_808 }),
    factories.attempt({ number: 2 }),
  ];
  open(run, '?tab=details', {
    [`GET /api/runs/${id}`]: ok({ ...run, attempts }),
    [`GET /api/runs/${id}/source`]: ok({ cells: [] }),
  });
  const table = await screen.findByRole('table', { name: 'Attempts, at most 3' });
  const [, first, second] = within(table).getAllByRole('row');
  expect(first).toHaveTextContent(/1Failed.*1\.5 s79\.1 MBno data/);
  expect(second).toHaveTextContent(/2Succeeded/);
});

describe('the log', () => {
  const lines: Unstamped[] = [
    { type: 'stream', name: 'stdout', text: 'one\n\x1b[32mtwo\x1b[0m\n' },
    { type: 'stream', name: 'stderr', text: 'careful\n' },
    message('hello', 'error'),
  ];
  const rows = () => within(screen.getByRole('region', { name: /^Log/ })).getAllByRole('link', { name: /Line/, hidden: true });

  test('shows everything raw and can be narrowed', async () => {
    const { user } = open({}, '?tab=log');
    await receive(lines, { ended: true });
    expect(rows()).toHaveLength(4);
    expect(screen.getByText('two')).toHaveStyle({ color: 'rgb(24, 121, 58)' });
    await user.type(screen.getByRole('searchbox', { name: 'Find in the log' }), 'TWO');
    await waitFor(() => expect(rows()).toHaveLength(1));
    await user.clear(screen.getByRole('searchbox', { name: 'Find in the log' }));
    await user.click(screen.getByRole('combobox', { name: 'Lines to show' }));
    await user.click(await screen.findByRole('option', { name: 'Warnings and errors', hidden: true }));
    await waitFor(() => expect(rows()).toHaveLength(2));
    expect(screen.getByText('careful')).toBeInTheDocument();
    expect(screen.getByText('hello')).toBeInTheDocument();
  });

  test('is downloaded from the server, whole', async () => {
    open({}, '?tab=log');
    expect(await screen.findByRole('link', { name: 'Download all' })).toHaveAttribute('href', `/api/runs/${id}/log`);
  });
});

describe('a log that is longer than the page holds', () => {
  const LINES = 5_000;
  const line = (number: number) => ({
    number,
    seq: number,
    at: '2026-11-21T10:00:05.250Z',
    source: 'stdout',
    level: 'info',
    text: number % 1000 === 0 ? `needle ${number}` : `line ${number}`,
  });
  const range = (first: number, last: number) => Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => line(first + index));

  function pages({ search }: { search: URLSearchParams }) {
    const limit = Number(search.get('limit'));
    const after = search.get('after');
    const before = Number(search.get('before') ?? LINES + 1);
    const first = after === null ? Math.max(1, before - limit) : Number(after) + 1;
    const last = after === null ? before - 1 : Math.min(LINES, first + limit - 1);
    return ok({ lines: range(first, last), first, last, line_count: LINES, open_lines: [], ended: true });
  }

  beforeEach(() => {
    vi.spyOn(Element.prototype, 'scrollTo').mockImplementation(function (this: Element, options?: unknown) {
      this.scrollTop = (options as { top: number }).top;
    });
  });

  async function openLong(search = '') {
    const opened = open({}, `?tab=log${search}`, {
      [`GET /api/runs/${id}/log/lines`]: pages,
      [`GET /api/runs/${id}/log/search`]: ({ search: asked }) => {
        const after = Number(asked.get('after'));
        const last = Math.min(LINES, after + 2500);
        const lines = range(after + 1, last).filter((each) => each.text.includes(asked.get('q') ?? ''));
        return ok({ lines, first: after + 1, last, line_count: LINES, open_lines: [], ended: true });
      },
    });
    await screen.findByRole('tab', { name: /Messages/ });
    await act(async () => {
      if (!socket.connected) socket.accept();
      socket.receive('events', { run_id: id, after: 0, events: [], last_seq: 4990, left_out: 4990, ended: false });
      await new Promise((resolve) => requestAnimationFrame(resolve));
    });
    return opened;
  }

  test('opens at its end and says what is left out elsewhere', async () => {
    await openLong();
    expect(await screen.findByText('line 4999')).toBeInTheDocument();
    expect(screen.getByText(/Lines 4,501 to 5,000 of 5,000/)).toBeInTheDocument();
    expect(screen.getByText(/4,990 earlier messages and pieces of printed text are left out/)).toBeInTheDocument();
  });

  test('is searched by the server, hit by hit', async () => {
    const { user } = await openLong();
    await user.type(await screen.findByRole('searchbox', { name: 'Find in the log' }), 'needle');
    expect(await screen.findByText('1 of 5')).toBeInTheDocument();
    expect(await screen.findByText('needle 1000')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Previous hit' }));
    expect(screen.getByText('5 of 5')).toBeInTheDocument();
    expect(await screen.findByText('needle 5000')).toBeInTheDocument();
  });

  test('opens at the line of the address', async () => {
    await openLong('&line=2345');
    expect(await screen.findByText('line 2345')).toBeInTheDocument();
  });

  test('is filtered by the server', async () => {
    const { user, server } = await openLong();
    await user.click(await screen.findByRole('combobox', { name: 'Lines to show' }));
    await user.click(await screen.findByRole('option', { name: 'Warnings and errors', hidden: true }));
    await waitFor(() =>
      expect(server.sent(`GET /api/runs/${id}/log/lines`).some((request) => request.search.get('level') === 'warning')).toBe(true),
    );
  });
});

describe('tabs', () => {
  test('are in the address', async () => {
    const { user, location } = open();
    await user.click(await screen.findByRole('tab', { name: 'Details' }));
    expect(location()).toBe(`/runs/${id}?tab=details`);
    await user.click(screen.getByRole('tab', { name: 'Messages' }));
    expect(location()).toBe(`/runs/${id}`);
  });

  test('have no notebook where there is none', async () => {
    open({ kind: 'script' }, '?tab=notebook');
    expect(await screen.findByRole('tab', { name: 'Messages' })).toHaveAttribute('aria-selected', 'true');
    expect(screen.getAllByRole('tab').map((tab) => tab.textContent.trim())).toEqual(['Messages', 'Log', 'Outputs', 'Details']);
  });
});

describe('the environment of a run', () => {
  const noted = { facts: { python_version: '3.11.7', environment: 'abc123' } };
  const environment = {
    name: '', path: '/srv/venv', python_version: '3.13.1', implementation: 'cpython', platform: 'Linux',
    packages: [{ name: 'pandas', version: '3.0.1' }, { name: 'ruamel.yaml', version: '0.18' }],
    packages_left_out: 0,
  };

  test('is the Python of the task, with its packages on demand', async () => {
    const { user } = open(noted, '?tab=details', { [`GET /api/runs/${id}/environment`]: ok(environment) });
    const section = within(await screen.findByRole('region', { name: 'Environment' }));
    await user.click(await section.findByText('2 packages'));
    expect(section.getByText('3.13.1')).toBeVisible();
    expect(section.queryByText('abc123')).not.toBeInTheDocument();
    expect(section.getByText('Installed in /srv/venv when the run was executed.')).toBeVisible();
    await user.type(section.getByRole('searchbox', { name: 'Search the packages' }), 'Ruamel_Y');
    expect(section.getAllByRole('row').map((row) => row.textContent)).toEqual(['PackageVersion', 'ruamel.yaml0.18']);
    expect(section.getByRole('status')).toHaveTextContent('One package found.');
  });

  test('keeps its place while it is loading', async () => {
    open(noted, '?tab=details', { [`GET /api/runs/${id}/environment`]: never });
    expect(await screen.findByLabelText('The packages are being loaded…')).toBeVisible();
  });

  test('says what the server says when it cannot be loaded', async () => {
    open(noted, '?tab=details', { [`GET /api/runs/${id}/environment`]: problem(503, 'Unavailable', 'The store is locked.') });
    expect(await screen.findByText('The store is locked.', undefined, { timeout: 5_000 })).toBeVisible();
  });

  test('is said to be unknown where it has not been noted', async () => {
    const { server } = open({ facts: { python_version: '3.11.7' } }, '?tab=details');
    expect(await screen.findByText('Which packages were installed has not been noted for this run.')).toBeVisible();
    expect(server.sent(`GET /api/runs/${id}/environment`)).toHaveLength(0);
  });
});

describe('when something is wrong', () => {
  test.each(['99999', 'abc', '0', '1e3'])('there is no run %s', async (name) => {
    serve({ 'GET /api/health': ok(factories.health()), [`GET /api/runs/${name}`]: problem(404, 'Not Found', 'There is no run.') });
    renderRoute(`/runs/${name}`);
    expect(await screen.findByRole('heading', { name: `There is no run ${name}` })).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'All runs' })).toHaveAttribute('href', '/runs');
  });

  test('the server’s words are shown, and it can be tried again', async () => {
    const { user, server, run }: { user: ReturnType<typeof open>['user']; server: FakeServer; run: Run } = open({}, '', {
      [`GET /api/runs/${id}`]: problem(503, 'Unavailable', 'The store is locked.'),
    });
    expect(await screen.findByText('The store is locked.', undefined, { timeout: 5_000 })).toBeInTheDocument();
    server.set({ [`GET /api/runs/${id}`]: ok(run) });
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Succeeded')).toBeInTheDocument();
  });

  test('something of its size is there while the run is loading', async () => {
    open({}, '', { [`GET /api/runs/${id}`]: never });
    expect(await screen.findByLabelText('Loading')).toHaveAttribute('aria-busy', 'true');
  });
});
