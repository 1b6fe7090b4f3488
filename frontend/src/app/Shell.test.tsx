import { act, screen, waitFor, within } from '@testing-library/react';
import axe from 'axe-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { SHORTCUTS } from '@/lib/shortcutList';
import * as factories from '@/test/factories';
import { renderRoute } from '@/test/render';
import { ok, problem, serve } from '@/test/server';
import { socket } from '@/test/socket';

function serveEverything(health = factories.health()) {
  return serve({
    'GET /api/health': ok(health),
    'GET /api/tasks': ok(factories.taskList()),
    'GET /api/runs': ok({ runs: [], next_before: null }),
    'GET /api/connections': ok({ connections: [] }),
    'GET /api/navigation': ok({ header: '', items: [] }),
  });
}

const heading = (name: string) => screen.findByRole('heading', { level: 1, name });

beforeEach(() => {
  localStorage.clear();
});

test('the start page is that of the tasks', async () => {
  serveEverything();
  const { location } = renderRoute('/');
  expect(await heading('Tasks')).toBeVisible();
  expect(location()).toBe('/tasks');
  expect(document.title).toBe('Tasks · Taskdeck');
});

test('an unknown address leads back to the tasks', async () => {
  serveEverything();
  renderRoute('/nothing/here');
  expect(await heading('Page not found')).toBeVisible();
  expect(screen.getByRole('link', { name: 'Go to the tasks' })).toHaveAttribute('href', '/tasks');
});

test('the sidebar names the project, marks the page of the moment, and counts active runs', async () => {
  serveEverything(factories.health({ worker: { alive: true, running: 1, queued: 2, limit: 2 } }));
  renderRoute('/runs');
  await heading('Runs');
  expect(await screen.findByText('health')).toBeVisible();
  expect(screen.getByRole('link', { name: /^Runs\s*3\s*running or queued$/ })).toHaveAttribute('aria-current', 'page');
  expect(screen.getByRole('link', { name: 'Tasks' })).not.toHaveAttribute('aria-current');
});

test('the sidebar stays collapsed', async () => {
  serveEverything();
  const { user, unmount } = renderRoute('/tasks');
  await user.click(await screen.findByRole('button', { name: 'Collapse the sidebar' }));
  unmount();
  renderRoute('/tasks');
  expect(await screen.findByRole('button', { name: 'Expand the sidebar' })).toHaveAttribute('aria-expanded', 'false');
});

test('the colours go from the system to light to dark and back', async () => {
  serveEverything();
  const { user } = renderRoute('/tasks');
  await user.click(await screen.findByRole('button', { name: /Colours: as the system/ }));
  await user.click(screen.getByRole('button', { name: /Colours: light/ }));
  expect(document.documentElement).toHaveAttribute('data-mantine-color-scheme', 'dark');
  expect(localStorage.getItem('taskdeck-color-scheme')).toBe('dark');
  await user.click(screen.getByRole('button', { name: /Colours: dark/ }));
  expect(screen.getByRole('button', { name: /Colours: as the system/ })).toBeVisible();
});

describe('the keyboard', () => {
  test('goes from page to page', async () => {
    serveEverything();
    const { user } = renderRoute('/tasks');
    await heading('Tasks');
    await user.keyboard('gr');
    await heading('Runs');
    await user.keyboard('gc');
    await heading('Connections');
    await user.keyboard('gt');
    expect(await heading('Tasks')).toBeVisible();
  });

  test('searches, also from a page without a search', async () => {
    serveEverything();
    const { user } = renderRoute('/connections');
    await heading('Connections');
    await user.keyboard('/');
    await waitFor(() => expect(screen.getByRole('searchbox', { name: 'Search tasks' })).toHaveFocus());
  });

  test('writes letters where somebody is writing', async () => {
    serveEverything();
    const { user, location } = renderRoute('/tasks');
    const search = await screen.findByRole('searchbox', { name: 'Search tasks' });
    await user.type(search, 'gr?');
    expect(search).toHaveValue('gr?');
    expect(location()).toBe('/tasks');
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });

  test('explains itself: every shortcut, by where it works', async () => {
    serveEverything();
    const { user } = renderRoute('/tasks');
    await heading('Tasks');
    await user.keyboard('?');
    const help = within(await screen.findByRole('dialog', { name: 'Keyboard shortcuts' }));
    expect(help.getAllByRole('term')).toHaveLength(SHORTCUTS.length);
    expect(help.getByRole('heading', { name: 'In the form of a run' })).toBeVisible();
  });

  test.each(['?', 'the palette'])('goes on where it was, once the help that %s opened is closed', async (opener) => {
    serveEverything();
    const { user } = renderRoute('/tasks');
    await heading('Tasks');
    const runs = screen.getByRole('link', { name: 'Runs' });
    runs.focus();
    if (opener === '?') await user.keyboard('?');
    else {
      await user.keyboard('{Control>}k{/Control}');
      await user.type(await screen.findByRole('combobox', { name: /^Find tasks/ }), 'keyboard{Enter}');
    }
    const help = await screen.findByRole('dialog', { name: 'Keyboard shortcuts' });
    await waitFor(() => expect(help).toContainElement(document.activeElement as HTMLElement));
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(runs).toHaveFocus();
  });

  test('collapses the sidebar', async () => {
    serveEverything();
    const { user } = renderRoute('/tasks');
    await heading('Tasks');
    await user.keyboard('[[');
    expect(screen.getByRole('button', { name: 'Expand the sidebar' })).toBeVisible();
  });
});

describe('the banner', () => {
  test('says that the server does not answer, only when that lasts, and goes when it does again', async () => {
    serveEverything();
    renderRoute('/tasks');
    await heading('Tasks');
    act(() => socket.accept());
    act(() => socket.drop());
    expect(screen.queryByText(/The server does not answer/)).not.toBeInTheDocument();
    expect(await screen.findByText(/The server does not answer/, {}, { timeout: 3000 })).toBeVisible();
    act(() => socket.accept());
    await waitFor(() => expect(screen.queryByText(/The server does not answer/)).not.toBeInTheDocument());
  });

  test('leads to the login page and back here when the token is not good any more', async () => {
    const server = serveEverything();
    renderRoute('/runs?status=failed');
    await heading('Runs');
    act(() => socket.accept());
    server.set({ 'GET /api/health': ok({ status: 'ok' }) });
    act(() => socket.drop());
    act(() => socket.accept());
    expect(await screen.findByText(/You are signed out/)).toBeVisible();
    expect(screen.getByRole('link', { name: 'Sign in' })).toHaveAttribute('href', '/login?next=%2Fruns%3Fstatus%3Dfailed');
  });

  test('says at once that somebody was signed out, when the server comes back and refuses', async () => {
    const server = serveEverything();
    renderRoute('/runs');
    await heading('Runs');
    act(() => socket.accept());
    await screen.findByText('health');
    server.set({ 'GET /api/health': ok({ status: 'ok' }) });
    act(() => socket.drop());
    act(() => socket.refuse());
    expect(await screen.findByText(/You are signed out/)).toBeVisible();
    socket.active = true;
  });

  test('shows what was refused once somebody has signed in elsewhere', async () => {
    const server = serveEverything();
    server.set({ 'GET /api/health': ok({ status: 'ok' }), 'GET /api/connections': problem(401, 'Unauthorized', 'Log in first.') });
    renderRoute('/connections');
    expect(await screen.findByRole('alert')).toHaveTextContent(/signed out/);
    server.set({ 'GET /api/health': ok(factories.health()), 'GET /api/connections': ok({ connections: [factories.connection()] }) });
    // She comes back to this tab.
    act(() => void window.dispatchEvent(new Event('visibilitychange')));
    expect(await screen.findByRole('link', { name: 'Analysis database' })).toBeVisible();
    await waitFor(() => expect(screen.queryByText(/You are signed out/)).not.toBeInTheDocument());
  });

  test('offers to reload the page when the server has a newer one', async () => {
    const server = serveEverything(factories.health({ dashboard: 'one' }));
    renderRoute('/tasks');
    await heading('Tasks');
    await screen.findByText('health');
    server.set({ 'GET /api/health': ok(factories.health({ dashboard: 'two' })) });
    act(() => socket.accept());
    act(() => socket.drop());
    act(() => socket.accept());
    expect(await screen.findByText(/newer version of this page/)).toBeVisible();
    expect(screen.getByRole('button', { name: 'Reload' })).toBeVisible();
  });

  test('says that no worker is running', async () => {
    serveEverything(factories.health({ worker: { alive: false, running: 0, queued: 0, limit: 2 } }));
    renderRoute('/tasks');
    expect(await screen.findByText(/No worker is running/)).toBeVisible();
  });
});

describe('the tour', () => {
  const tour = () => within(screen.getByRole('region', { name: 'A short tour' }));

  test('has three steps, and is over then, for good', async () => {
    serveEverything();
    const { user, unmount } = renderRoute('/tasks');
    await heading('Tasks');
    expect(await screen.findByRole('heading', { name: 'Find your task' })).toBeVisible();
    await user.click(tour().getByRole('button', { name: 'Next' }));
    expect(tour().getByRole('heading', { name: 'Run it' })).toBeVisible();
    await user.click(tour().getByRole('button', { name: 'Next' }));
    expect(tour().getByText('3 of 3')).toBeVisible();
    await user.click(tour().getByRole('button', { name: 'Done' }));
    expect(screen.queryByRole('region', { name: 'A short tour' })).not.toBeInTheDocument();
    unmount();
    renderRoute('/tasks');
    await heading('Tasks');
    expect(screen.queryByRole('region', { name: 'A short tour' })).not.toBeInTheDocument();
  });

  test('follows who goes ahead', async () => {
    serveEverything();
    const { user } = renderRoute('/tasks');
    await heading('Tasks');
    await user.click(await screen.findByRole('link', { name: /^Run Sample analysis/ }));
    await waitFor(() => expect(screen.getByRole('heading', { name: 'Run it', hidden: true })).toBeInTheDocument());
  });

  test('begins for who came by a link to a run with what she sees', async () => {
    serveEverything();
    renderRoute('/runs/812');
    expect(await screen.findByRole('heading', { name: 'Watch it' })).toBeVisible();
  });

  test('can be skipped, and taken again from the help', async () => {
    serveEverything();
    const { user } = renderRoute('/runs');
    await heading('Runs');
    await screen.findByRole('region', { name: 'A short tour' });
    await user.click(tour().getByRole('button', { name: 'Skip the tour' }));
    expect(screen.queryByRole('region', { name: 'A short tour' })).not.toBeInTheDocument();
    await user.keyboard('?');
    await user.click(await screen.findByRole('button', { name: 'Take the tour' }));
    await heading('Tasks');
    expect(tour().getByText('1 of 3')).toBeVisible();
  });
});

test('axe finds nothing in the frame around the pages', async () => {
  serveEverything();
  const { container } = renderRoute('/runs');
  await heading('Runs');
  await screen.findByText('health');
  // Without a layout, colours cannot be judged.
  const { violations } = await axe.run(container, { rules: { 'color-contrast': { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
});
