import { screen, within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import type { Task } from '@/api/types';
import * as factories from '@/test/factories';
import { renderRoute } from '@/test/render';
import { never, ok, problem, serve, type Route } from '@/test/server';

function serveTask(changes: Partial<Task> = {}, more: Record<string, Route> = {}) {
  return serve({
    'GET /api/health': ok(factories.health()),
    'GET /api/tasks': ok(factories.taskList()),
    'GET /api/tasks/SAMPLE': ok(factories.task(changes)),
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
    expect(screen.getByText(/usually/)).toHaveTextContent('usually 2 min 10 s');
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
