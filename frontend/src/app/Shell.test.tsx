import { act, screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, test } from 'vitest';
import * as factories from '@/test/factories';
import { renderRoute } from '@/test/render';
import { ok, serve } from '@/test/server';
import { socket } from '@/test/socket';

function serveEverything(health = factories.health()) {
  return serve({
    'GET /api/health': ok(health),
    'GET /api/tasks': ok(factories.taskList()),
    'GET /api/runs': ok({ runs: [], next_before: null }),
    'GET /api/connections': ok({ connections: [] }),
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

  test('explains itself', async () => {
    serveEverything();
    const { user } = renderRoute('/tasks');
    await heading('Tasks');
    await user.keyboard('?');
    expect(await screen.findByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
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

  test('says that no worker is running', async () => {
    serveEverything(factories.health({ worker: { alive: false, running: 0, queued: 0, limit: 2 } }));
    renderRoute('/tasks');
    expect(await screen.findByText(/No worker is running/)).toBeVisible();
  });
});
