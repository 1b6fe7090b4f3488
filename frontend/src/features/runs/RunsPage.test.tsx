import { act, screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { Run } from '@/api/types';
import * as factories from '@/test/factories';
import { renderRoute } from '@/test/render';
import { never, ok, problem, serve, type Route } from '@/test/server';
import { socket } from '@/test/socket';

function serveRuns(answer: Route) {
  return serve({
    'GET /api/health': ok(factories.health()),
    'GET /api/tasks': ok(factories.taskList([factories.taskSummary(), factories.taskSummary({ id: 'LOAD', name: 'Load the data' })])),
    'GET /api/runs': answer,
  });
}

const page = (runs: Run[], next_before: number | null = null) => ok({ runs, next_before });
const rows = async () => within(await screen.findByRole('table')).getAllByRole('row').slice(1);

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
  expect(await screen.findByRole('link', { name: 'Run 812 of Sample analysis' })).toBeVisible();
});

test('before anything was run, the page says what it is for and leads to the tasks', async () => {
  serveRuns(page([]));
  renderRoute('/runs');
  expect(await screen.findByRole('heading', { name: 'Nothing was run yet' })).toBeVisible();
  expect(screen.getByRole('link', { name: 'Choose a task' })).toHaveAttribute('href', '/tasks');
});

test('a row tells how the run ended, why, with which values and how long it took', async () => {
  serveRuns(page([factories.run({ status: 'failed', reason: 'Cell 4: ValueError: no data', parameters: { year: 2019, note: '' } })]));
  renderRoute('/runs');
  await screen.findByRole('link', { name: 'Run 812 of Sample analysis' });
  const [row] = await rows();
  expect(row).toHaveTextContent(/Failed.*Sample analysis.*812.*Cell 4: ValueError: no data.*year 2019.*2 min 10 s/);
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
  await screen.findByRole('link', { name: 'Run 3 of Sample analysis' });
  const [queued, stopping, withErrors] = await rows();
  expect(queued).toHaveTextContent('Run 2 of the same task goes before it.');
  expect(stopping).toHaveTextContent('Stopping');
  expect(withErrors).toHaveTextContent('2 error messages');
});

test('the filters stand in the address, and the address sets them', async () => {
  const server = serveRuns(page([factories.run()]));
  const { user, location } = renderRoute('/runs?task=LOAD&status=failed');
  await screen.findByRole('table');
  expect(Object.fromEntries(server.sent('GET /api/runs')[0]?.search ?? [])).toEqual({ task: 'LOAD', status: 'failed', limit: '50' });
  await waitFor(() => expect(screen.getByRole('combobox', { name: 'Task' })).toHaveValue('Load the data'));
  await user.click(screen.getByRole('combobox', { name: 'Status' }));
  // Hidden: without a layout the list of choices does not know where its field is.
  await user.click(await screen.findByRole('option', { name: 'Succeeded', hidden: true }));
  await waitFor(() => expect(location()).toBe('/runs?task=LOAD&status=succeeded'));
  await user.click(screen.getByRole('button', { name: 'Clear' }));
  await waitFor(() => expect(location()).toBe('/runs'));
});

test('a filter that nothing fits can be taken back', async () => {
  serveRuns(({ search }) => page(search.get('status') ? [] : [factories.run()]));
  const { user } = renderRoute('/runs?status=lost');
  expect(await screen.findByRole('heading', { name: 'No run matches' })).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Show all runs' }));
  expect(await screen.findByRole('link', { name: 'Run 812 of Sample analysis' })).toBeVisible();
});

test('older runs come on demand', async () => {
  serveRuns(({ search }) => (search.get('before') === '812' ? page([factories.run({ id: 811 })]) : page([factories.run()], 812)));
  const { user } = renderRoute('/runs');
  await user.click(await screen.findByRole('button', { name: 'Show older runs' }));
  expect(await screen.findByRole('link', { name: 'Run 811 of Sample analysis' })).toBeVisible();
  expect(screen.getByText('These are all runs.')).toBeVisible();
});

test('a run that starts and ends elsewhere is followed', async () => {
  serveRuns(page([factories.run()]));
  renderRoute('/runs');
  await screen.findByRole('link', { name: 'Run 812 of Sample analysis' });
  act(() => socket.receive('run', factories.run({ id: 813, status: 'running', seconds: null })));
  await waitFor(async () => expect((await rows())[0]).toHaveTextContent('Running'));
  act(() => socket.receive('run', factories.run({ id: 813, status: 'cancelled', reason: 'Cancelled by ana' })));
  await waitFor(async () => expect((await rows())[0]).toHaveTextContent(/Cancelled.*Cancelled by ana/));
  expect(await rows()).toHaveLength(2);
});
