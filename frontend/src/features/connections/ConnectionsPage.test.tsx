import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import type { Connection } from '@/api/types';
import * as factories from '@/test/factories';
import { renderRoute } from '@/test/render';
import { never, ok, problem, serve, type Route } from '@/test/server';

function serveConnections(list: Connection[] = [factories.connection()], more: Record<string, Route> = {}) {
  return serve({
    'GET /api/health': ok(factories.health()),
    'GET /api/connections': ok({ connections: list }),
    'GET /api/tasks': ok(factories.taskList()),
    ...more,
  });
}

const form = async () => within(await screen.findByRole('form', { name: 'Values of Analysis database' }));

describe('the list', () => {
  test('shows something of its size while it is loading', async () => {
    serveConnections([], { 'GET /api/connections': never });
    renderRoute('/connections');
    expect(await screen.findByRole('status', { name: 'Loading the connections' })).toBeVisible();
  });

  test('says why it could not be loaded, and offers another try', async () => {
    const server = serveConnections([], { 'GET /api/connections': problem(500, 'Error', 'The database is locked.') });
    const { user } = renderRoute('/connections');
    expect(await screen.findByRole('alert')).toHaveTextContent('The database is locked.');
    server.set({ 'GET /api/connections': ok({ connections: [factories.connection()] }) });
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('link', { name: 'Analysis database' })).toBeVisible();
  });

  test('explains what a connection is where there is none', async () => {
    serveConnections([]);
    renderRoute('/connections');
    expect(await screen.findByRole('heading', { name: 'This project has no connections' })).toBeVisible();
  });

  test('shows the state of each and who uses it', async () => {
    serveConnections([factories.connection(), factories.connection({ id: 'SRC', name: 'Source', configured: false, used_by: [] })]);
    renderRoute('/connections');
    const [first, second] = within(await screen.findByRole('list', { name: 'Connections' })).getAllByRole('listitem');
    expect(first).toHaveTextContent(/Analysis database.*Configured.*Sample analysis/);
    expect(second).toHaveTextContent(/Source.*Not configured yet.*No task/);
  });
});

test('the list shows what the last test found, and when', async () => {
  const last = { ok: false, message: 'Nothing listens on port 5433.', milliseconds: 42.3, tested_at: '2020-01-31T22:30:00Z' };
  serveConnections([factories.connection({ last_test: last }), factories.connection({ id: 'NEW', name: 'New' })]);
  renderRoute('/connections');
  const [first, second] = within(await screen.findByRole('list', { name: 'Connections' })).getAllByRole('listitem');
  expect(first).toHaveTextContent(/It does not work31 Jan 2020, 22:30, in 42 ms/);
  expect(second).toHaveTextContent(/ConfiguredNever tested/);
});

test('a test brings the list up to date', async () => {
  const server = serveConnections(undefined, { 'POST /api/connections/ANA/test': ok({ ok: true, message: 'Connected.', milliseconds: 3 }) });
  const { user } = renderRoute('/connections/ANA');
  const shown = await form();
  const before = server.sent('GET /api/connections').length;
  await user.click(shown.getByRole('button', { name: 'Test connection' }));
  await waitFor(() => expect(server.sent('GET /api/connections').length).toBeGreaterThan(before));
});

describe('the form', () => {
  test('says that there is no such connection', async () => {
    serveConnections();
    renderRoute('/connections/GONE');
    expect(await screen.findByRole('heading', { name: 'There is no connection “GONE”' })).toBeInTheDocument();
  });

  test('shows values, but of a secret only that it is stored', async () => {
    serveConnections();
    renderRoute('/connections/ANA');
    const shown = await form();
    expect(shown.getByRole('textbox', { name: 'Server' })).toHaveValue('db.example.org');
    expect(within(shown.getByRole('group', { name: 'Password' })).getByText('Stored')).toBeInTheDocument();
    expect(shown.queryByLabelText('Password', { selector: 'input' })).not.toBeInTheDocument();
    expect(shown.getByRole('button', { name: 'Save' })).toBeDisabled();
  });

  test('saves only what changed, and says so', async () => {
    const saved = factories.connection({ values: { server: 'db.example.org', port: '5433' } });
    const server = serveConnections(undefined, { 'PUT /api/connections/ANA/values': ok(saved) });
    const { user } = renderRoute('/connections/ANA');
    const shown = await form();
    await user.clear(shown.getByRole('textbox', { name: 'Port' }));
    await user.type(shown.getByRole('textbox', { name: 'Port' }), '5433');
    expect(shown.getByText('Not saved yet')).toBeInTheDocument();
    await user.click(shown.getByRole('button', { name: 'Replace Password' }));
    const password = shown.getByLabelText('Password', { selector: 'input' });
    expect(password).toHaveFocus();
    await user.type(password, 'geheim');
    await user.click(shown.getByRole('button', { name: 'Save' }));
    expect(await shown.findByText('Saved')).toBeInTheDocument();
    expect(server.sent('PUT /api/connections/ANA/values').map((request) => request.body)).toEqual([
      { values: { port: '5433', password: 'geheim' } },
    ]);
    expect(shown.getByText('Stored')).toBeInTheDocument();
  });

  test('removes a secret, after a change of mind keeps it', async () => {
    const server = serveConnections(undefined, { 'PUT /api/connections/ANA/values': ok(factories.connection({ stored_secrets: [] })) });
    const { user } = renderRoute('/connections/ANA');
    const shown = await form();
    await user.click(shown.getByRole('button', { name: 'Remove Password' }));
    await user.click(shown.getByRole('button', { name: 'Keep Password' }));
    expect(shown.getByRole('button', { name: 'Save' })).toBeDisabled();
    await user.click(shown.getByRole('button', { name: 'Remove Password' }));
    await user.click(shown.getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(server.sent('PUT /api/connections/ANA/values').map((request) => request.body)).toEqual([{ values: { password: null } }]),
    );
  });

  test('shows what is wrong with a value at its field', async () => {
    serveConnections(undefined, {
      'PUT /api/connections/ANA/values': problem(422, 'Unprocessable Content', 'Some values cannot be saved.', { port: 'is too long' }),
    });
    const { user } = renderRoute('/connections/ANA');
    const shown = await form();
    await user.type(shown.getByRole('textbox', { name: 'Port' }), '0');
    await user.click(shown.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(shown.getByRole('textbox', { name: 'Port' })).toHaveAccessibleDescription('Port is too long.'));
  });

  test('tests the values in the form, and says what happened in words and milliseconds', async () => {
    const server = serveConnections(undefined, {
      'POST /api/connections/ANA/test': ok({ ok: false, message: 'Nothing listens on port 5433.', milliseconds: 42.3 }),
    });
    const { user } = renderRoute('/connections/ANA');
    const shown = await form();
    await user.type(shown.getByRole('textbox', { name: 'Port' }), '1');
    await user.click(shown.getByRole('button', { name: 'Test connection' }));
    expect(await shown.findByText('Nothing listens on port 5433.')).toBeInTheDocument();
    expect(shown.getByText(/It does not work/)).toBeInTheDocument();
    expect(shown.getByText(/42 ms, with values that are not saved yet/)).toBeInTheDocument();
    expect(server.sent('POST /api/connections/ANA/test').map((request) => request.body)).toEqual([{ values: { port: '54321' } }]);
    await user.type(shown.getByRole('textbox', { name: 'Port' }), '2');
    expect(shown.queryByText('Nothing listens on port 5433.')).not.toBeInTheDocument();
  });

  test('asks before unsaved values are lost', async () => {
    serveConnections();
    const { user, location } = renderRoute('/connections/ANA');
    const shown = await form();
    await user.type(shown.getByRole('textbox', { name: 'Port' }), '1');
    await user.click(screen.getByRole('button', { name: 'Close' }));
    await user.click(await screen.findByRole('button', { name: 'Keep editing' }));
    expect(location()).toBe('/connections/ANA');
    expect(shown.getByRole('textbox', { name: 'Port' })).toHaveValue('54321');
    await waitFor(() => expect(screen.queryByRole('dialog', { name: 'Leave without saving?' })).not.toBeInTheDocument());
    await user.click(screen.getByRole('button', { name: 'Close' }));
    await user.click(await screen.findByRole('button', { name: 'Discard the changes' }));
    await waitFor(() => expect(location()).toBe('/connections'));
  });

  test('without changes closes at once', async () => {
    serveConnections();
    const { user, location } = renderRoute('/connections/ANA');
    await form();
    await user.click(screen.getByRole('button', { name: 'Close' }));
    await waitFor(() => expect(location()).toBe('/connections'));
  });
});
