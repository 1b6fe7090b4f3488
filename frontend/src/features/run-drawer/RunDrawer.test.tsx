import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Run, Task } from '@/api/types';
import * as factories from '@/test/factories';
import { renderRoute } from '@/test/render';
import { never, ok, problem, serve, type Answer, type Request, type Route } from '@/test/server';
import { speak } from '@/texts';

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
    {
      id: 'WORKS',
      name: 'Warehouse',
      declared: true,
      configured: true,
      last_test: { tested_at: '2020-01-02T10:00:00.000Z', ok: true, message: 'Connected.', milliseconds: 12 },
    },
    {
      id: 'FAILS',
      name: 'Archive',
      declared: true,
      configured: true,
      last_test: { tested_at: '2020-01-02T10:00:00.000Z', ok: false, message: 'No <route> to host.', milliseconds: 12 },
    },
    { id: 'SRC', name: 'Source', declared: true, configured: false },
    { id: 'EMPS', name: 'EMPS', declared: false, configured: false },
  ],
  last_runs: [factories.run({ id: 812 })],
  usual: { basis: 'all_runs', runs: 40, median_seconds: 190, p90_seconds: 300 },
});
const earlier = factories.run({ id: 812, parameters: { year: 2019, title: 'May', fast: true, folder: 'data/2024' } });

afterEach(async () => {
  sessionStorage.clear();
  await speak('en');
});

/** The rules of the server, as far as these tests go. */
function validate({ body }: Request): Answer {
  const { parameters } = body as { parameters: Record<string, unknown> };
  const errors: Record<string, string> = {};
  for (const [name, value] of Object.entries(parameters)) {
    if (name === 'folder') errors[name] = 'is set by the task and cannot be changed';
    else if (!['year', 'title', 'fast', 'rate', 'url'].includes(name)) errors[name] = "is not a parameter of this task; did you mean 'year'?";
    else if (name === 'year' && !Number.isInteger(value)) errors[name] = `must be a whole number, found '${String(value)}'`;
  }
  if (!parameters.title) errors.title = 'is required';
  const ok_ = Object.keys(errors).length === 0;
  const same = parameters.year === 2019;
  const usual = { basis: same ? 'same_parameters' : 'all_runs', runs: same ? 7 : 40, median_seconds: same ? 130 : 190, p90_seconds: 200 };
  const masked = Object.keys(parameters).filter((name) => parameters[name] === 'hush');
  const values = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, masked.includes(name) ? '••••••' : value]));
  return ok({ ok: ok_, errors, values, masked_parameters: masked, usual: ok_ ? usual : null });
}

function serveTask(changes: Partial<Task> = {}, more: Record<string, Route> = {}) {
  return serve({
    'GET /api/health': ok(factories.health()),
    'GET /api/tasks': ok(factories.taskList()),
    'GET /api/tasks/SAMPLE': ok({ ...task, ...changes }),
    'GET /api/runs': ok({ runs: [earlier], next_before: null }),
    'GET /api/runs/812': ok(earlier),
    'POST /api/tasks/SAMPLE/validate': validate,
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
    expect(shown.getByText(/Usually/)).toHaveTextContent('Usually 3 min 10 s (40 runs).');
    const connections = within(shown.getByRole('list', { name: 'Connections of this task' })).getAllByRole('listitem');
    expect(connections.map((each) => each.textContent)).toEqual([
      'Analysis databasenot tested yetTest now',
      expect.stringMatching(/^Warehouseworks, tested 2 Jan 2020, \d\d:\d\dTest now$/),
      expect.stringMatching(/^Archivedid not work 2 Jan 2020, \d\d:\d\d: No <route> to host\.Test now$/),
      'Sourcenot configured yetTest now',
      'EMPSthis project has no such connection',
    ]);
  });

  test('tests a connection, and says what was found', async () => {
    const last_test = { tested_at: '2020-01-02T10:00:00.000Z', ok: false, message: 'The password is wrong.', milliseconds: 31 };
    const server = serveTask({}, { 'POST /api/connections/ANA/test': ok({ ok: false, message: last_test.message, milliseconds: 31 }) });
    const { user } = renderRoute('/tasks/SAMPLE/run');
    const shown = await drawer();
    const [first] = within(await shown.findByRole('list', { name: 'Connections of this task' })).getAllByRole('listitem');
    server.set({
      'GET /api/tasks/SAMPLE': ok({ ...task, connection_states: [{ id: 'ANA', name: 'Analysis database', declared: true, configured: true, last_test }] }),
    });
    await user.type((await form()).getByRole('textbox', { name: /Title/ }), 'June');
    await user.click(shown.getByRole('button', { name: 'Test now: Analysis database' }));
    await waitFor(() => expect(first).toHaveTextContent(/did not work .*: The password is wrong\./));
    // News about the task leave the form alone.
    expect((await form()).getByRole('textbox', { name: /Title/ })).toHaveValue('June');
  });

  test('says that a connection could not be tested', async () => {
    serveTask({}, { 'POST /api/connections/ANA/test': problem(503, 'Unavailable', 'The store is locked.') });
    const { user } = renderRoute('/tasks/SAMPLE/run');
    await user.click(await screen.findByRole('button', { name: 'Test now: Analysis database' }));
    expect(await screen.findByText('could not be tested. The store is locked.')).toBeInTheDocument();
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

test('a choice that is none says so once, and does not look like the default', async () => {
  const district = factories.parameter({
    name: 'district', type: 'string', title: 'District', default: 'Jinja',
    allowed_values: [{ label: '', value: 'Jinja' }, { label: '', value: 'Kampala' }],
  });
  serveTask(
    { parameters: [...task.parameters, district] },
    { 'POST /api/tasks/SAMPLE/validate': ok({ ok: false, errors: { district: "must be one of 'Jinja', 'Kampala', found 'Foo'" }, values: {}, masked_parameters: [], usual: null }) },
  );
  const { user } = renderRoute('/tasks/SAMPLE/run?title=June&district=Foo');
  const field = (await form()).getByRole('combobox', { name: /District/ });
  await user.keyboard('{Control>}{Enter}{/Control}');
  await waitFor(() => expect(field).toBeInvalid());
  expect(screen.getAllByText('“Foo” is not one of the choices. Choose another.')).toHaveLength(1);
  expect(field).toHaveAttribute('placeholder', 'Foo');
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
    await waitFor(() => expect(title).not.toBeInvalid());
  });

  test('is one run, however often Run is pressed', async () => {
    const server = serveTask({}, { 'POST /api/runs': never });
    const { user } = renderRoute('/tasks/SAMPLE/run?title=June');
    const run = (await form()).getByRole('button', { name: 'Run' });
    await user.dblClick(run);
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(run).toBeDisabled());
    expect(server.sent('POST /api/runs')).toHaveLength(1);
  });

  test('that another one stands in the way of is not asked for again by itself', async () => {
    serveTask({}, { 'POST /api/runs': problem(409, 'Conflict', 'Run 811 of the task SAMPLE has not ended.') });
    const { user } = renderRoute('/tasks/SAMPLE/run?title=June');
    await user.click((await form()).getByRole('button', { name: 'Run' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('Run 811 of the task SAMPLE has not ended.');
    expect(screen.queryByRole('button', { name: 'Try again' })).not.toBeInTheDocument();
    expect((await form()).getByRole('textbox', { name: /Title/ })).toHaveValue('June');
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
    expect(await screen.findByRole('alert')).toHaveTextContent(/The server does not answer\..*Everything you filled in is kept\./);
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(location()).toBe('/runs/813'));
    const [first, second] = server.sent('POST /api/runs').map((request) => request.headers.get('Idempotency-Key'));
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(second).toBe(first);
  });

  test('that is refused before anybody has looked at its values is kept through a reload, but for its secrets', async () => {
    const refused = problem(422, 'Unprocessable Content', 'A value is wrong.', { year: 'must be a whole number, found 20x' });
    serveTask({ parameters: [...task.parameters, factories.parameter({ name: 'url', type: 'string', title: 'Address', default: '' })] }, { 'POST /api/runs': refused });
    const first = renderRoute('/tasks/SAMPLE/run');
    const shown = await form();
    fireEvent.change(shown.getByRole('textbox', { name: /Title/ }), { target: { value: 'June' } });
    fireEvent.change(shown.getByRole('textbox', { name: /Year/ }), { target: { value: '20x' } });
    fireEvent.change(shown.getByRole('textbox', { name: /Address/ }), { target: { value: 'hush' } });
    fireEvent.keyDown(window, { key: 'Enter', ctrlKey: true });
    await waitFor(() => expect(shown.getByRole('textbox', { name: /Year/ })).toHaveAccessibleDescription(/must be a whole number/));
    await waitFor(() => expect(sessionStorage.getItem('taskdeck-run-form:SAMPLE')).toContain('June'));
    expect(sessionStorage.getItem('taskdeck-run-form:SAMPLE')).not.toContain('hush');
    first.unmount();
    renderRoute('/tasks/SAMPLE/run');
    const again = await form();
    expect(again.getByRole('textbox', { name: /Title/ })).toHaveValue('June');
    expect(again.getByRole('textbox', { name: /Year/ })).toHaveValue('20x');
    expect(again.getByRole('textbox', { name: /Address/ })).toHaveAccessibleDescription(/This held a secret, which is not kept\./);
  });

  test('that was refused for want of a sign-in is not held against who has signed in since', async () => {
    const server = serveTask({}, { 'POST /api/runs': problem(401, 'Unauthorized', 'Log in first.') });
    const { user } = renderRoute('/tasks/SAMPLE/run?title=June');
    const shown = await form();
    server.set({ 'GET /api/health': ok({ status: 'ok' }) });
    await user.click(shown.getByRole('button', { name: 'Run' }));
    expect(await shown.findByRole('alert')).toHaveTextContent(/You are signed out/);
    // Known to the frame around the page, too, although nothing was read since.
    expect(await screen.findByText('You are signed out. What you see may be old.')).toBeInTheDocument();
    server.set({ 'GET /api/health': ok(factories.health()) });
    // She has signed in in another tab, and comes back to this one.
    act(() => void window.dispatchEvent(new Event('visibilitychange')));
    await waitFor(() => expect(shown.queryByRole('alert')).not.toBeInTheDocument());
    expect(shown.getByRole('textbox', { name: /Title/ })).toHaveValue('June');
    expect(server.sent('POST /api/runs')).toHaveLength(1);
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
    const choice = await screen.findByRole('button', { name: /Use the values of run 812/ });
    expect(choice).toHaveTextContent('Year: 2019 · Title: May · Fast: Yes');
    await user.click(choice);
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

test('the values of an earlier run without its secrets', async () => {
  const masked: Partial<Run> = { parameters: { year: 2019, title: 'postgresql://me:••••••@host' }, masked_parameters: ['title'] };
  serveTask({}, { 'GET /api/runs/812': ok(factories.run(masked)) });
  renderRoute('/tasks/SAMPLE/run?from=812');
  const title = (await form()).getByRole('textbox', { name: /Title/ });
  expect(title).toHaveValue('');
  expect(title).toHaveAccessibleDescription(/This held a secret, which is not kept\. Type it again\./);
});

describe('validation', () => {
  test('judges a value from an address at once, and others when somebody has come to them', async () => {
    serveTask();
    const { user } = renderRoute('/tasks/SAMPLE/run?year=20x');
    const shown = await form();
    const year = shown.getByRole('textbox', { name: /Year/ });
    await waitFor(() => expect(year).toHaveAccessibleDescription(/Year must be a whole number, found '20x'\./));
    const title = shown.getByRole('textbox', { name: /Title/ });
    expect(title).not.toHaveAttribute('aria-invalid', 'true');
    await waitFor(() => expect(title).toHaveFocus());
    await user.click(shown.getByRole('button', { name: '1 value is not right yet' }));
    expect(year).toHaveFocus();
    await user.click(title);
    await user.tab();
    await waitFor(() => expect(title).toHaveAccessibleDescription(/Title is required\./));
  });

  test('takes the last answer, in whatever order they come', async () => {
    const answers: (() => void)[] = [];
    const server = serveTask(
      {},
      { 'POST /api/tasks/SAMPLE/validate': (request) => new Promise((resolve) => void answers.push(() => resolve(validate(request)))) },
    );
    const { user } = renderRoute('/tasks/SAMPLE/run?title=June');
    const year = (await form()).getByRole('textbox', { name: 'Year' });
    const asked = () => server.sent('POST /api/tasks/SAMPLE/validate').length;
    await user.type(year, 'x');
    await waitFor(() => expect(server.sent('POST /api/tasks/SAMPLE/validate').at(-1)?.body).toMatchObject({ parameters: { year: '2024x' } }));
    const first = asked();
    await user.type(year, '{Backspace}');
    await user.type(year, '5');
    await waitFor(() => expect(server.sent('POST /api/tasks/SAMPLE/validate').at(-1)?.body).toMatchObject({ parameters: { year: 20245 } }));
    answers.slice(first).forEach((answer) => answer());
    answers.slice(0, first).forEach((answer) => answer());
    await waitFor(() => expect(screen.getByText(/Usually/)).toBeInTheDocument());
    expect(year).not.toBeInvalid();
  });

  test('that does not come keeps nobody from anything', async () => {
    const server = serveTask(
      {},
      {
        'POST /api/tasks/SAMPLE/validate': () => {
          throw new TypeError('Failed to fetch');
        },
      },
    );
    const { user, location } = renderRoute('/tasks/SAMPLE/run?year=20x&title=June');
    await user.click((await form()).getByRole('button', { name: 'Run' }));
    await waitFor(() => expect(location()).toBe('/runs/813'));
    expect(server.sent('POST /api/runs')).toHaveLength(1);
  });

  test('tells how long runs with these values take', async () => {
    serveTask();
    renderRoute('/tasks/SAMPLE/run?from=812');
    expect(await screen.findByText(/with these values/)).toHaveTextContent(
      'Usually 2 min 10 s with these values (7 runs); 3 min 10 s with any.',
    );
  });
});

describe('a decimal comma', () => {
  const rate = factories.parameter({ name: 'rate', type: 'float', title: 'Rate', default: 0.5 });
  const parameters = [...task.parameters, rate];

  test('is taken where the language writes one, and it is said for what', async () => {
    const server = serveTask({ parameters });
    await speak('fr');
    const { user, location } = renderRoute('/tasks/SAMPLE/run?title=Juin');
    const field = within(await screen.findByRole('form')).getByRole('textbox', { name: /Rate/ });
    await user.clear(field);
    await user.type(field, '1,25');
    expect(field).toHaveAccessibleDescription(/Compris comme 1\.25/);
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(location()).toBe('/runs/813'));
    expect(server.sent('POST /api/runs')[0]?.body).toMatchObject({ parameters: { rate: 1.25 } });
  });

  test('is nothing but a comma elsewhere', async () => {
    const server = serveTask({ parameters });
    const { user } = renderRoute('/tasks/SAMPLE/run?title=June');
    const field = (await form()).getByRole('textbox', { name: 'Rate' });
    await user.clear(field);
    await user.type(field, '1,25');
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(server.sent('POST /api/runs')[0]?.body).toMatchObject({ parameters: { rate: '1,25' } }));
  });
});

describe('JSON', () => {
  const text = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Values as JSON' });
  const write = async (user: ReturnType<typeof renderRoute>['user'], json: string) => {
    await user.clear(text());
    await user.click(text());
    await user.paste(json);
  };

  test('and form show the same values, whichever of them is changed', async () => {
    serveTask();
    const { user } = renderRoute('/tasks/SAMPLE/run?title=June');
    const shown = await form();
    await user.click(shown.getByRole('tab', { name: 'JSON' }));
    expect(JSON.parse(text().value)).toEqual({ title: 'June', year: 2024, fast: false });
    await write(user, '{"title": "July", "year": 2031, "fast": true}');
    await user.click(shown.getByRole('tab', { name: 'Form' }));
    expect(shown.getByRole('textbox', { name: /Title/ })).toHaveValue('July');
    expect(shown.getByRole('textbox', { name: /Year/ })).toHaveValue('2031');
    await user.click(shown.getByRole('switch', { name: /Fast/ }));
    await user.click(shown.getByRole('tab', { name: 'JSON' }));
    expect(JSON.parse(text().value)).toEqual({ title: 'July', year: 2031, fast: false });
  });

  test('that is broken says where, keeps its text, and starts nothing', async () => {
    const server = serveTask();
    const { user } = renderRoute('/tasks/SAMPLE/run?title=June');
    const shown = await form();
    await user.click(shown.getByRole('tab', { name: 'JSON' }));
    await write(user, '{\n  "title": "July",\n}');
    expect(text()).toHaveAccessibleDescription(/Line 2, column 18: no comma after the last value\./);
    await user.click(shown.getByRole('tab', { name: 'Form' }));
    expect(shown.getByRole('alert')).toHaveTextContent('The JSON has a mistake at line 2, column 18.');
    expect(shown.getByRole('textbox', { name: /Title/ })).toBeDisabled();
    await user.click(shown.getByRole('button', { name: 'Run' }));
    await waitFor(() => expect(text()).toHaveFocus());
    expect(text()).toHaveValue('{\n  "title": "July",\n}');
    expect(text().selectionStart).toBe(19);
    expect(server.sent('POST /api/runs')).toEqual([]);
  });

  test('with names that the task does not take says so on both sides', async () => {
    serveTask();
    const { user } = renderRoute('/tasks/SAMPLE/run?title=June');
    const shown = await form();
    await user.click(shown.getByRole('tab', { name: 'JSON' }));
    await write(user, '{"title": "July", "yaer": 3, "folder": "mine"}');
    await user.click(await shown.findByRole('button', { name: "yaer is not a parameter of this task; did you mean 'year'?" }));
    expect(text().value.slice(text().selectionStart, text().selectionEnd)).toBe('"yaer"');
    expect(shown.getByRole('button', { name: 'folder is set by the task and cannot be changed.' })).toBeInTheDocument();
    await user.click(shown.getByRole('tab', { name: 'Form' }));
    expect(shown.getByRole('alert')).toHaveTextContent('yaer is not a parameter of this task');
    await user.click(shown.getByRole('button', { name: 'Leave it out' }));
    await waitFor(() => expect(shown.queryByRole('alert')).not.toBeInTheDocument());
  });
});

describe('what was filled in', () => {
  const fillIn = async (user: ReturnType<typeof renderRoute>['user']) => {
    const title = (await form()).getByRole('textbox', { name: /Title/ });
    await user.type(title, 'June');
    return title;
  };
  const isKept = () => waitFor(() => expect(sessionStorage.getItem('taskdeck-run-form:SAMPLE')).toContain('June'));

  test('is not discarded by Escape without asking, and kept unless somebody says otherwise', async () => {
    serveTask();
    const { user, location } = renderRoute('/tasks/SAMPLE/run');
    const title = await fillIn(user);
    await user.keyboard('{Escape}');
    const question = within(await screen.findByRole('dialog', { name: 'Discard what you filled in?' }));
    await waitFor(() => expect(question.getByRole('button', { name: 'Keep editing' })).toHaveFocus());
    await user.keyboard('{Enter}');
    await waitFor(() => expect(screen.queryByRole('dialog', { name: 'Discard what you filled in?' })).not.toBeInTheDocument());
    expect(title).toHaveValue('June');
    expect(title).toHaveFocus();
    expect(location()).toBe('/tasks/SAMPLE/run');
  });

  test('is gone once it is discarded', async () => {
    serveTask();
    const { user, location } = renderRoute('/tasks/SAMPLE/run');
    await fillIn(user);
    await isKept();
    await user.keyboard('{Escape}');
    await user.click(await screen.findByRole('button', { name: 'Discard' }));
    await waitFor(() => expect(location()).toBe('/tasks/SAMPLE'));
    expect(sessionStorage).toHaveLength(0);
  });

  test('is asked about only where something was', async () => {
    serveTask();
    const { user, location } = renderRoute('/tasks/SAMPLE/run?year=2025');
    await form();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(location()).toBe('/tasks/SAMPLE'));
  });

  test('is there again after a reload, until somebody starts over', async () => {
    serveTask();
    const before = renderRoute('/tasks/SAMPLE/run');
    await fillIn(before.user);
    await isKept();
    before.unmount();
    const { user } = renderRoute('/tasks/SAMPLE/run');
    const title = (await form()).getByRole('textbox', { name: /Title/ });
    expect(title).toHaveValue('June');
    expect(screen.getByText('What you had filled in is here again.')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Start over' }));
    expect((await form()).getByRole('textbox', { name: /Title/ })).toHaveValue('');
    await waitFor(() => expect(sessionStorage).toHaveLength(0));
  });

  test('is forgotten when the run has started', async () => {
    serveTask();
    const { user, location } = renderRoute('/tasks/SAMPLE/run');
    await fillIn(user);
    await isKept();
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(location()).toBe('/runs/813'));
    expect(sessionStorage).toHaveLength(0);
  });

  test('is never written down where it is a secret', async () => {
    serveTask({ parameters: [...task.parameters, factories.parameter({ name: 'url', type: 'string', title: 'Address', default: '' })] });
    const { user } = renderRoute('/tasks/SAMPLE/run');
    await user.type((await form()).getByRole('textbox', { name: 'Address' }), 'hush');
    await fillIn(user);
    await isKept();
    expect(sessionStorage.getItem('taskdeck-run-form:SAMPLE')).not.toContain('hush');
  });

  test('is never written down as JSON that cannot be read: the browser asks before that is lost', async () => {
    serveTask();
    const isAsked = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
    const { user } = renderRoute('/tasks/SAMPLE/run');
    await fillIn(user);
    await isKept();
    expect(isAsked()).toBe(false);
    await user.click(screen.getByRole('tab', { name: 'JSON' }));
    fireEvent.change(screen.getByRole('textbox', { name: /JSON/ }), { target: { value: '{"title": "July" "url": "hush"}' } });
    expect(isAsked()).toBe(true);
    expect(sessionStorage.getItem('taskdeck-run-form:SAMPLE')).toContain('June');
    expect(sessionStorage.getItem('taskdeck-run-form:SAMPLE')).not.toContain('hush');
  });
});

describe('the values are copied', () => {
  const copy = async (path: string, item: string) => {
    serveTask();
    const { user } = renderRoute(path);
    const write = vi.spyOn(navigator.clipboard, 'writeText');
    await user.click((await form()).getByRole('button', { name: 'Copy' }));
    await user.click(await screen.findByRole('menuitem', { name: item }));
    expect(await screen.findByText('Copied')).toBeInTheDocument();
    return write.mock.calls[0]?.[0] ?? '';
  };

  test('as a link that opens the form with them', async () => {
    expect(await copy('/tasks/SAMPLE/run?year=2025', 'Link to this form')).toBe('http://localhost:3000/tasks/SAMPLE/run?year=2025');
  });

  test('as a link to a form with the defaults', async () => {
    expect(await copy('/tasks/SAMPLE/run', 'Link to this form')).toBe('http://localhost:3000/tasks/SAMPLE/run');
  });

  test('as a curl command with what differs from the defaults or is required', async () => {
    const command = await copy('/tasks/SAMPLE/run?year=2024&title=June', 'curl command');
    expect(command).toContain(`--data-raw '{"task":"SAMPLE","parameters":{"title":"June"}}'`);
    expect(command).toContain('$TASKDECK_TOKEN');
  });

  test('as a Python program', async () => {
    expect(await copy('/tasks/SAMPLE/run?year=2025', 'Python program')).toContain('"year": 2025,');
  });
});
