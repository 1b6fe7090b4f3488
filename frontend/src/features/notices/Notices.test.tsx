import { act, screen, waitFor, within } from '@testing-library/react';
import { notifications } from '@mantine/notifications';
import axe from 'axe-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as preferences from '@/lib/preferences';
import * as watchedRuns from '@/lib/watchedRuns';
import * as factories from '@/test/factories';
import { renderRoute } from '@/test/render';
import { ok, problem, serve } from '@/test/server';
import { socket } from '@/test/socket';

const running = factories.run({ status: 'running', finished_at: null, seconds: null });
const shown: { title: string; body: string | undefined }[] = [];

class FakeNotification {
  static permission = 'granted';
  static requestPermission = () => Promise.resolve('granted');
  onclick = null;
  constructor(title: string, { body }: NotificationOptions = {}) {
    shown.push({ title, body });
  }
  close() {
    // Nothing is on any screen.
  }
}

function serveRuns() {
  return serve({
    'GET /api/health': ok(factories.health()),
    'GET /api/tasks': ok(factories.taskList()),
    'GET /api/tasks/SAMPLE': ok(factories.task()),
    'GET /api/runs': ok({ runs: [], next_before: null }),
    'GET /api/runs/812': ok(running),
    'POST /api/runs': { status: 201, body: running },
  });
}

let hasFocus = true;
const look = (isAttentive: boolean) => {
  hasFocus = isAttentive;
  act(() => void window.dispatchEvent(new Event(isAttentive ? 'focus' : 'blur')));
};

beforeEach(() => {
  localStorage.clear();
  shown.length = 0;
  vi.stubGlobal('Notification', FakeNotification);
  hasFocus = true;
  vi.spyOn(document, 'hasFocus').mockImplementation(() => hasFocus);
});

afterEach(() => {
  act(() => notifications.clean());
  preferences.set(preferences.DEFAULTS);
  vi.unstubAllGlobals();
});

/** On the list of tasks, with run 812 being watched. */
async function watching() {
  const server = serveRuns();
  watchedRuns.watch(812);
  const rendered = renderRoute('/tasks');
  await screen.findByRole('heading', { level: 1, name: 'Tasks' });
  await waitFor(() => expect(server.sent('GET /api/runs/812')).not.toHaveLength(0));
  return { server, ...rendered };
}

test('who looks at the page is told in the page, with a way to the run', async () => {
  const { user, location } = await watching();
  act(() => socket.receive('run', factories.run()));
  const notice = await screen.findByRole('alert');
  expect(notice).toHaveTextContent('Run 812: succeeded');
  expect(notice).toHaveTextContent('Sample analysis, after 2 min 10 s');
  expect(shown).toEqual([]);
  await user.click(within(notice).getByRole('link', { name: 'Open the run' }));
  await waitFor(() => expect(location()).toBe('/runs/812'));
});

test('who looks elsewhere is told by the browser and the name of the tab, and in the page once back', async () => {
  await watching();
  look(false);
  act(() => socket.receive('run', factories.run({ status: 'failed' })));
  await waitFor(() => expect(document.title).toBe('Run 812: failed – Tasks · Taskdeck'));
  expect(shown).toEqual([{ title: 'Run 812: failed', body: 'Sample analysis, after 2 min 10 s' }]);
  expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  look(true);
  expect(await screen.findByRole('alert')).toHaveTextContent('Run 812: failed');
  await waitFor(() => expect(document.title).toBe('Tasks · Taskdeck'));
});

test('a tab in the background is silent when another was first', async () => {
  await watching();
  look(false);
  act(() => socket.receive('run', factories.run()));
  // The other tab noticed, showed it, and wrote so; this one is told a little later.
  localStorage.setItem('taskdeck-watched-runs', '{}');
  act(() => void window.dispatchEvent(new StorageEvent('storage', { key: 'taskdeck-watched-runs' })));
  await new Promise((resolve) => setTimeout(resolve, 800));
  expect(shown).toEqual([]);
  expect(document.title).toBe('Tasks · Taskdeck');
});

test('a run that ended while no page was open is told of by the next', async () => {
  watchedRuns.watch(812);
  const server = serveRuns();
  server.set({ 'GET /api/runs/812': ok(factories.run()) });
  renderRoute('/tasks');
  expect(await screen.findByRole('alert')).toHaveTextContent('Run 812: succeeded');
});

test('a run that is gone is forgotten', async () => {
  watchedRuns.watch(812);
  const server = serveRuns();
  server.set({ 'GET /api/runs/812': problem(404, 'Not Found', 'There is no run 812.') });
  renderRoute('/tasks');
  await waitFor(() => expect(localStorage.getItem('taskdeck-watched-runs')).toBe('{"watched":[],"ended":[]}'));
});

test('runs that are started here are watched, if one wants that of all', async () => {
  serveRuns();
  preferences.set({ notifyOwnRuns: true });
  const { user } = renderRoute('/tasks/SAMPLE/run');
  const drawer = within(await screen.findByRole('dialog'));
  await user.click(await drawer.findByRole('button', { name: 'Run' }));
  await waitFor(() => expect(localStorage.getItem('taskdeck-watched-runs')).toBe('{"watched":[812],"ended":[]}'));
});

test('axe finds nothing in a notice', async () => {
  await watching();
  act(() => socket.receive('run', factories.run()));
  const notice = await screen.findByRole('alert');
  // Without a layout, colours cannot be judged.
  const { violations } = await axe.run(notice, { rules: { 'color-contrast': { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
});
