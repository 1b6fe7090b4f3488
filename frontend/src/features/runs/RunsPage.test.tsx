import { act, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Run } from '@/api/types';
import * as factories from '@/test/factories';
import { layOut } from '@/test/layout';
import { renderRoute } from '@/test/render';
import { never, ok, problem, serve, type Route } from '@/test/server';
import { socket } from '@/test/socket';
import * as views from './views';

beforeEach(layOut);

afterEach(() => {
  for (const name of ['Kampala', 'Mine']) views.remove(name);
});

const digest = (id: number, seconds: number) => ({
  id,
  seconds,
  status: 'succeeded' as const,
  reason: '',
  created_at: '2026-11-21T10:00:00.000Z',
  started_at: '2026-11-21T10:00:01.000Z',
  finished_at: '2026-11-21T10:02:11.000Z',
});

function serveRuns(answer: Route, more: Record<string, Route> = {}) {
  return serve({
    'GET /api/health': ok(factories.health()),
    'GET /api/tasks': ok(factories.taskList([factories.taskSummary(), factories.taskSummary({ id: 'LOAD', name: 'Load the data' })])),
    'GET /api/tasks/SAMPLE': ok(
      factories.task({ parameters: [factories.parameter(), factories.parameter({ name: 'district', title: 'District', type: 'string' })] }),
    ),
    'GET /api/runs/digests': ok({ tasks: {} }),
    'GET /api/runs': answer,
    ...more,
  });
}

const page = (runs: Run[], next_before: number | null = null) => ok({ runs, next_before });
const rows = async () => within(await screen.findByRole('table')).getAllByRole('row').slice(1);
const link = (id: number) => screen.findByRole('link', { name: `Run ${id} of Sample analysis` });
const box = (id: number) => screen.getByRole('checkbox', { name: `Select run ${id}` });
const several = (...ids: number[]) => ids.map((id) => factories.run({ id }));

test('while the runs are loading, rows of their size are shown', async () => {
  serveRuns(never);
  renderRoute('/runs');
  expect(await rows()).toHaveLength(12);
});

test('when the runs cannot be loaded, the reason is shown and another try is offered', async () => {
  const server = serveRuns(problem(500, 'Internal Server Error', 'The database is locked.'));
  const { user } = renderRoute('/runs');
  expect(await screen.findByRole('alert')).toHaveTextContent('The database is locked.');
  server.set({ 'GET /api/runs': page([factories.run()]) });
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await link(812)).toBeVisible();
});

test('before anything was run, the page says what it is for and leads to the tasks', async () => {
  serveRuns(page([]));
  renderRoute('/runs');
  expect(await screen.findByRole('heading', { name: 'Nothing was run yet' })).toBeVisible();
  expect(screen.getByRole('link', { name: 'Choose a task' })).toHaveAttribute('href', '/tasks');
});

test('a row tells how the run ended, why, with which values, who started it and how long it took', async () => {
  serveRuns(page([factories.run({ status: 'failed', reason: 'Cell 4: ValueError: no data', parameters: { year: 2019, note: '' } })]));
  renderRoute('/runs');
  await link(812);
  const [row] = await rows();
  expect(row).toHaveTextContent(/Failed.*Sample analysis.*812.*Cell 4: ValueError: no data.*year 2019.*Dashboard.*2 min 10 s/);
});

test('a queued run says what it waits for, a stopping one that it is stopping', async () => {
  serveRuns(
    page([
      factories.run({
        id: 3,
        status: 'queued',
        waiting_for: 2,
        waiting: { kind: 'run', text: 'Run 2 of the same task goes before it.', run_id: 2, until: null },
        started_at: null,
        seconds: null,
      }),
      factories.run({ id: 2, status: 'running', cancel_requested_at: '2026-11-21T10:00:05.000Z', seconds: null }),
      factories.run({ id: 1, error_count: 2 }),
    ]),
  );
  renderRoute('/runs');
  await link(3);
  const [queued, stopping, withErrors] = await rows();
  expect(queued).toHaveTextContent('Run 2 of the same task goes before it.');
  expect(stopping).toHaveTextContent('Stopping');
  expect(withErrors).toHaveTextContent('2 error messages');
});

test('the filters stand in the address, and the address sets them', async () => {
  const server = serveRuns(page([factories.run()]));
  const { user, location } = renderRoute('/runs?task=LOAD&status=failed&status=lost&by=cli&q=kampala&since=2026-11-20T00:00:00Z');
  await screen.findByRole('table');
  await waitFor(() => expect(server.sent('GET /api/runs')).not.toHaveLength(0));
  expect(server.sent('GET /api/runs')[0]?.search.toString()).toBe(
    'task=LOAD&status=failed&status=lost&triggered_by=cli&since=2026-11-20T00%3A00%3A00.000Z&q=kampala&limit=50',
  );
  expect(await screen.findByRole('button', { name: 'Task: Load the data' })).toBeVisible();
  // On a phone they are behind a button, which says that there are some.
  expect(screen.getByRole('button', { name: 'Filters: 4' })).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Status: Failed and 1 more' }));
  await user.click(await screen.findByRole('checkbox', { name: 'Lost', hidden: true }));
  expect(location()).toContain('status=failed&by=cli');
  await user.keyboard('{Escape}');
  await user.click(screen.getByRole('button', { name: 'Clear' }));
  expect(location()).toBe('/runs');
});

test('a recent time is counted from now', async () => {
  const server = serveRuns(page([factories.run()]));
  const before = Date.now();
  const { user, location } = renderRoute('/runs');
  await link(812);
  await user.click(screen.getByRole('button', { name: 'Time' }));
  await user.click(await screen.findByRole('radio', { name: 'Last hour', hidden: true }));
  expect(location()).toBe('/runs?time=hour');
  await waitFor(() => expect(server.sent('GET /api/runs').at(-1)?.search.get('since')).toBeTruthy());
  const since = Date.parse(server.sent('GET /api/runs').at(-1)?.search.get('since') ?? '');
  expect(since).toBeGreaterThanOrEqual(before - 3_600_000);
  expect(since).toBeLessThanOrEqual(Date.now() - 3_600_000);
});

test('a filter that nothing fits can be taken back', async () => {
  serveRuns(({ search }) => page(search.get('status') ? [] : [factories.run()]));
  const { user } = renderRoute('/runs?status=lost');
  expect(await screen.findByRole('heading', { name: 'No run matches' })).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Show all runs' }));
  expect(await link(812)).toBeVisible();
});

test('what is typed is looked for when the typing stops', async () => {
  const server = serveRuns(page([factories.run()]));
  const { user, location } = renderRoute('/runs');
  await link(812);
  await user.type(screen.getByRole('searchbox', { name: 'Search the runs' }), 'kampala');
  expect(location()).toBe('/runs?q=kampala');
  await waitFor(() => expect(server.sent('GET /api/runs').at(-1)?.search.get('q')).toBe('kampala'));
  expect(server.sent('GET /api/runs').map((request) => request.search.get('q'))).toEqual([null, 'kampala']);
});

test('older runs come when the end is near, also after a page that found none', async () => {
  serveRuns(({ search }) => {
    switch (search.get('before')) {
      case null:
        return page([], 900);
      case '900':
        return page([factories.run()], 812);
      default:
        return page([factories.run({ id: 811 })]);
    }
  });
  renderRoute('/runs?q=rare');
  expect(await link(811)).toBeVisible();
  expect(await screen.findByText('These are all runs that match.')).toBeVisible();
});

test('when older runs do not come, they can be asked for again', async () => {
  const server = serveRuns(({ search }) => (search.get('before') ? problem(503, 'Unavailable', 'Try again later.') : page([factories.run()], 812)));
  const { user } = renderRoute('/runs');
  expect(await screen.findByRole('alert')).toHaveTextContent('Try again later.');
  server.set({ 'GET /api/runs': page([factories.run({ id: 811 })]) });
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await link(811)).toBeVisible();
});

test('a run that starts and ends elsewhere is followed', async () => {
  serveRuns(page([factories.run()]));
  renderRoute('/runs');
  await link(812);
  act(() => socket.receive('run', factories.run({ id: 813, status: 'running', seconds: null })));
  await waitFor(async () => expect((await rows())[0]).toHaveTextContent('Running'));
  act(() => socket.receive('run', factories.run({ id: 813, status: 'cancelled', reason: 'Cancelled by ana' })));
  await waitFor(async () => expect((await rows())[0]).toHaveTextContent(/Cancelled.*Cancelled by ana/));
  expect(await rows()).toHaveLength(2);
});

test('while something is selected, new runs wait until they are wanted', async () => {
  serveRuns(page(several(812, 811)));
  const { user } = renderRoute('/runs');
  await link(812);
  await user.click(box(811));
  act(() => socket.receive('run', factories.run({ id: 813, status: 'running', seconds: null })));
  const news = await screen.findByRole('button', { name: 'One new run' });
  expect(await rows()).toHaveLength(2);
  await user.click(news);
  expect(await rows()).toHaveLength(3);
  expect(box(811)).toBeChecked();
});

test('the parameters of a task become columns, which stand in the address', async () => {
  serveRuns(page([factories.run({ parameters: { year: 2023, district: 'mub' }, parameter_titles: { district: 'District' }, parameter_value_labels: { district: 'Mubende' } })]));
  const { user, location } = renderRoute('/runs?task=SAMPLE');
  await link(812);
  await user.click(await screen.findByRole('button', { name: 'Columns' }));
  await user.click(await screen.findByRole('checkbox', { name: 'District', hidden: true }));
  expect(location()).toBe('/runs?task=SAMPLE&column=district');
  expect(await screen.findByRole('columnheader', { name: 'District' })).toBeVisible();
  expect(screen.queryByRole('columnheader', { name: 'Values' })).toBeNull();
  // Its heading goes with it where there is no room for a line of headings.
  expect(screen.getByRole('cell', { name: 'Mubende' })).toHaveAttribute('data-title', 'District');
});

test('how long the last runs took is drawn, and said in words', async () => {
  serveRuns(page([factories.run()]), {
    'GET /api/runs/digests': ok({ tasks: { SAMPLE: [digest(812, 130), digest(811, 60), digest(810, 10)] } }),
  });
  renderRoute('/runs?task=SAMPLE');
  expect(
    (await screen.findAllByRole('img', { name: 'Durations of the last 3 runs: usually 1 min, from 10 s to 2 min 10 s; the newest took 2 min 10 s' }))
      .length,
  ).toBeGreaterThan(0);
});

test('a view is kept under a name, found again and removed', async () => {
  serveRuns(page([factories.run()]));
  const { user, location } = renderRoute('/runs?q=kampala&status=failed');
  const tabs = await screen.findByRole('navigation', { name: 'Views' });
  await user.click(within(tabs).getByRole('button', { name: 'Save view' }));
  await user.type(await screen.findByRole('textbox', { name: 'Name of the view', hidden: true }), 'Kampala');
  await user.click(screen.getByRole('button', { name: 'Save', hidden: true }));
  expect(await within(tabs).findByRole('link', { name: 'Kampala' })).toHaveAttribute('aria-current', 'page');
  await user.click(within(tabs).getByRole('link', { name: 'Failed today' }));
  expect(location()).toBe('/runs?status=failed&status=timed_out&status=lost&time=today');
  await user.click(within(tabs).getByRole('link', { name: 'Kampala' }));
  expect(location()).toBe('/runs?status=failed&q=kampala');
  await user.click(within(tabs).getByRole('button', { name: 'Remove the view “Kampala”' }));
  expect(within(tabs).queryByRole('link', { name: 'Kampala' })).toBeNull();
});

test('arrows move between the rows, x selects, Enter opens', async () => {
  serveRuns(page(several(812, 811, 810)), { 'GET /api/runs/810': never });
  const { user, location } = renderRoute('/runs');
  (await link(812)).focus();
  await user.keyboard('{ArrowDown}x{ArrowDown}');
  expect(await link(810)).toHaveFocus();
  expect(box(811)).toBeChecked();
  await user.keyboard('{Home}');
  expect(await link(812)).toHaveFocus();
  await user.keyboard('{Shift>}{ArrowDown}{/Shift}');
  expect([812, 811, 810].map((id) => (box(id) as HTMLInputElement).checked)).toEqual([true, true, false]);
  await user.keyboard('{Escape}{End}{Enter}');
  expect(location()).toBe('/runs/810');
});

test('with Shift a whole range is selected', async () => {
  serveRuns(page(several(814, 813, 812, 811, 810)));
  const { user } = renderRoute('/runs');
  await link(814);
  await user.click(box(813));
  await user.keyboard('{Shift>}');
  await user.click(box(811));
  await user.keyboard('{/Shift}');
  expect(screen.getByText('3 runs selected')).toBeVisible();
});

test('two runs that are selected lead to their comparison, the older one first', async () => {
  serveRuns(page(several(812, 811, 810)));
  const { user } = renderRoute('/runs');
  await link(812);
  await user.click(box(812));
  expect(screen.queryByRole('link', { name: 'Compare' })).toBeNull();
  await user.click(box(810));
  expect(screen.getByRole('link', { name: 'Compare' })).toHaveAttribute('href', '/runs/compare?a=810&b=812');
});

test('runs are repeated after a question that names them, and that can be undone', async () => {
  const server = serveRuns(page(several(812, 811)), {
    'POST /api/runs/bulk': ({ body }) => {
      const { action, run_ids: ids } = body as { action: string; run_ids: number[] };
      return ok({ results: ids.map((id) => ({ run_id: id, ok: true, new_run_id: action === 'rerun' ? id + 100 : null, problem: '' })) });
    },
  });
  const { user } = renderRoute('/runs');
  await link(812);
  await user.click(screen.getByRole('checkbox', { name: 'Select all runs shown' }));
  await user.click(screen.getByRole('button', { name: 'Run again' }));
  const dialog = await screen.findByRole('dialog', { name: 'Run 2 runs again?' });
  expect(within(dialog).getAllByRole('listitem').map((item) => item.textContent)).toEqual(['Sample analysis 812', 'Sample analysis 811']);
  await user.click(within(dialog).getByRole('button', { name: 'Run 2 again' }));
  expect(await screen.findByText('2 runs were started again.')).toBeVisible();
  expect(server.sent('POST /api/runs/bulk')[0]?.body).toEqual({ action: 'rerun', run_ids: [812, 811] });
  expect(server.sent('POST /api/runs/bulk')[0]?.headers.get('Idempotency-Key')).toMatch(/^[0-9a-f]{32}$/);
  await user.click(screen.getByRole('button', { name: 'Undo' }));
  expect(await screen.findByText('The 2 new runs are being stopped.')).toBeVisible();
  expect(server.sent('POST /api/runs/bulk')[1]?.body).toEqual({ action: 'cancel', run_ids: [912, 911] });
});

test('only runs that have not ended are cancelled; those that could not be say why and stay selected', async () => {
  const server = serveRuns(
    page([
      factories.run({ id: 812, status: 'running', seconds: null }),
      factories.run({ id: 811, status: 'queued', seconds: null, started_at: null }),
      factories.run({ id: 810 }),
    ]),
    {
      'POST /api/runs/bulk': ok({
        results: [
          { run_id: 812, ok: true, new_run_id: null, problem: '' },
          { run_id: 811, ok: false, new_run_id: null, problem: 'Run 811 has ended already.' },
        ],
      }),
    },
  );
  const { user } = renderRoute('/runs');
  await link(812);
  await user.click(screen.getByRole('checkbox', { name: 'Select all runs shown' }));
  await user.click(screen.getByRole('button', { name: 'Cancel runs' }));
  const dialog = await screen.findByRole('dialog', { name: 'Cancel 2 runs?' });
  expect(dialog).toHaveTextContent('One of the selected runs has ended already and is left as it is.');
  await user.click(within(dialog).getByRole('button', { name: 'Cancel 2 runs' }));
  expect(await within(dialog).findByText('Run 811 has ended already.')).toBeVisible();
  expect(server.sent('POST /api/runs/bulk')[0]?.body).toEqual({ action: 'cancel', run_ids: [812, 811] });
  // The first of the two buttons is the cross.
  const [, close] = within(dialog).getAllByRole('button', { name: 'Close' });
  if (!close) throw new Error('one button to close');
  await user.click(close);
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect([812, 811, 810].map((id) => (box(id) as HTMLInputElement).checked)).toEqual([false, true, false]);
});

test('an answer that is lost is asked for again with the same key', async () => {
  const server = serveRuns(page(several(812, 811)), { 'POST /api/runs/bulk': problem(503, 'Unavailable', 'The store cannot be written.') });
  const { user } = renderRoute('/runs');
  await link(812);
  await user.click(box(812));
  await user.click(screen.getByRole('button', { name: 'Run again' }));
  const dialog = await screen.findByRole('dialog');
  await user.click(within(dialog).getByRole('button', { name: 'Run it again' }));
  expect(await within(dialog).findByRole('alert')).toHaveTextContent('The store cannot be written.');
  server.set({ 'POST /api/runs/bulk': ok({ results: [{ run_id: 812, ok: true, new_run_id: 900, problem: '' }] }) });
  await user.click(within(dialog).getByRole('button', { name: 'Try again' }));
  expect(await screen.findByText('One run was started again.')).toBeVisible();
  const keys = server.sent('POST /api/runs/bulk').map((request) => request.headers.get('Idempotency-Key'));
  expect(new Set(keys).size).toBe(1);
});
