import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import axe from 'axe-core';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Configuration, ConfigVersion } from '@/api/types';
// Loaded here and not by the page: what a test waits for is its own doing.
import '@/components/diff/CodeDiff';
import * as factories from '@/test/factories';
import { renderRoute } from '@/test/render';
import { never, ok, problem, serve, type Answer, type Route } from '@/test/server';
import { socket } from '@/test/socket';

const older = factories.configVersion({
  number: 40,
  tree: 40,
  active: false,
  by: 'ada',
  message: '',
  source: factories.configSource({ origin: 'archive', file: 'tasks.zip' }),
  summary: { tasks_added: 0, tasks_changed: 0, tasks_removed: 3, breaks: 2 },
});

function serveConfiguration(
  configuration: Configuration = factories.configuration(),
  versions: ConfigVersion[] = [factories.configVersion(), older],
  more: Record<string, Route> = {},
) {
  return serve({
    'GET /api/health': ok(factories.health()),
    'GET /api/tasks': ok(factories.taskList()),
    'GET /api/config': ok(configuration),
    'GET /api/config/versions': ok({ versions, next_before: null }),
    ...more,
  });
}

const noVersions = (rules: Partial<Configuration['rules']> = {}) =>
  factories.configuration({ version: null, managed: false, rules: { ...factories.configuration().rules, ...rules } });

const planned = (changes: Parameters<typeof factories.configPlan>[0] = {}): Answer => ({
  body: { outcome: 'planned', version: factories.configVersion({ number: 42, active: false }), plan: factories.configPlan(changes) },
  headers: { ETag: '"41"' },
});
const made = ok({ outcome: 'made', version: factories.configVersion({ number: 42 }), plan: factories.configPlan() });

const refusal = (status: number, kind: string, detail: string, problems: unknown[] = []): Answer => ({
  status,
  body: { type: 'about:blank', status, title: 'No', detail, kind, problems },
});

const served = async () => within(await screen.findByRole('region', { name: 'What is served now' }));
const history = async () => within(await screen.findByRole('list', { name: 'History' }));
const drawer = async (name: string) => within(await screen.findByRole('dialog', { name }));

async function expectNoViolations(element: Element) {
  // Without a layout, colours cannot be judged.
  const { violations } = await axe.run(element, { rules: { 'color-contrast': { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

beforeEach(() => {
  localStorage.setItem('taskdeck-tour-taken', 'true');
});

describe('the page', () => {
  test('shows something of its size while it is loading', async () => {
    serveConfiguration(undefined, [], { 'GET /api/config': never });
    renderRoute('/configuration');
    expect(await screen.findByRole('status', { name: 'Loading the configuration' })).toBeVisible();
  });

  test('says why it could not be loaded, and offers another try', async () => {
    const server = serveConfiguration(undefined, undefined, { 'GET /api/config': problem(500, 'Error', 'The disk is away.') });
    const { user } = renderRoute('/configuration');
    expect(await screen.findByRole('alert')).toHaveTextContent('The disk is away.');
    server.set({ 'GET /api/config': ok(factories.configuration()) });
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect((await served()).getByText('Configuration 41')).toBeVisible();
  });

  test('explains what versions are for where there are none, with the command that makes one', async () => {
    serveConfiguration(noVersions());
    renderRoute('/configuration');
    expect(await screen.findByRole('heading', { name: /^No versions yet/ })).toBeVisible();
    expect(screen.getByText(/taskdeck config update --repository https:\/\/git\.example\.org\/analytics\/tasks/)).toBeVisible();
    expect(screen.getByRole('button', { name: 'Copy the command' })).toBeVisible();
    expect(screen.queryByRole('link', { name: 'Serve the directory live' })).not.toBeInTheDocument();
  });

  test('offers no update that the settings do not allow, and says so', async () => {
    serveConfiguration(noVersions({ repositories: [], archives: false }));
    renderRoute('/configuration');
    expect(await screen.findByText(/allow no repositories and no archives/)).toBeVisible();
    for (const name of ['Update from a repository', 'Upload an archive']) {
      expect(screen.queryByRole('link', { name })).not.toBeInTheDocument();
    }
  });

  test('says what is served: its number, by whom, from where, what for', async () => {
    serveConfiguration();
    renderRoute('/configuration');
    const shown = await served();
    expect(shown.getByText('Configuration 41')).toBeVisible();
    expect(shown.getByText('31 Jan 2020, 10:02')).toBeVisible();
    expect(shown.getByText(/^CI/)).toBeVisible();
    expect(shown.getByText('Repository https://git.example.org/analytics/tasks, at main, commit c0ffeec0ffee')).toBeVisible();
    expect(shown.getByText('Quarterly figures')).toBeVisible();
    expect(shown.getByText('that of the server')).toBeVisible();
  });

  test('says that the directory is served live again', async () => {
    const version = factories.configVersion({ tree: null, source: factories.configSource({ origin: 'live' }) });
    serveConfiguration(factories.configuration({ version, managed: false }));
    renderRoute('/configuration');
    expect((await served()).getByText('Edits of its files are seen at once.')).toBeVisible();
    expect(screen.queryByRole('link', { name: 'Serve the directory live' })).not.toBeInTheDocument();
  });

  test('tells of the last pull that failed, and of an update in progress', async () => {
    serveConfiguration(
      factories.configuration({
        update_in_progress: { by: 'Bo', since: '2020-01-31T11:00:00.000Z' },
        pull: {
          repository: 'https://git.example.org/analytics/tasks',
          branch: 'main',
          directory: '',
          poll_seconds: 300,
          webhooks: true,
          last: {
            at: '2020-01-31T10:30:00.000Z',
            trigger: 'poll',
            by: 'polling',
            outcome: null,
            version: null,
            kind: 'fetch_failed',
            detail: 'The repository does not answer.',
          },
        },
      }),
    );
    renderRoute('/configuration');
    const shown = await served();
    expect(shown.getByText('The repository does not answer.')).toBeVisible();
    expect(shown.getByText(/every 5 min and when a webhook asks/)).toBeVisible();
    expect(shown.getByText(/An update is in progress, by/)).toHaveTextContent('An update is in progress, by Bo, since 31 Jan 2020, 11:00.');
  });

  test('lists what is wrong with what is served', async () => {
    serveConfiguration(undefined, undefined, { 'GET /api/tasks': ok(factories.taskList([], { problems: [factories.problem()] })) });
    renderRoute('/configuration');
    expect(await (await served()).findByText('config/data_tasks.json:12:7')).toBeVisible();
  });

  test('shows another version as soon as the server tells of it', async () => {
    const server = serveConfiguration();
    renderRoute('/configuration');
    await served();
    const newest = factories.configVersion({ number: 42, by: 'Bo' });
    server.set({
      'GET /api/config': ok(factories.configuration({ version: newest })),
      'GET /api/config/versions': ok({ versions: [newest, older], next_before: null }),
    });
    act(() => {
      socket.receive('config', { version: 42, at: newest.at, by: 'Bo', trigger: 'api', message: '', catalog_version: 'v2' });
    });
    expect(await (await served()).findByText('Configuration 42')).toBeVisible();
    expect(await (await history()).findByRole('link', { name: 'Configuration 42' })).toBeVisible();
  });

  test('axe finds nothing', async () => {
    serveConfiguration();
    const { container } = renderRoute('/configuration');
    await history();
    await expectNoViolations(container);
  });
});

describe('the history', () => {
  test('shows when and by whom each version was made, from where, and what it changed', async () => {
    serveConfiguration();
    renderRoute('/configuration');
    const [first, second] = (await history()).getAllByRole('listitem');
    expect(first).toHaveTextContent(/41served.*by CIQuarterly figuresRepository/);
    expect(within(first ?? document.body).getByRole('img', { name: 'Tasks: 2 added, 1 changed, 0 removed' })).toHaveTextContent('+2 ~1 −0');
    expect(second).toHaveTextContent(/40.*by adaArchive tasks\.zip.*\+0 ~0 −32 breaking changes/);
  });

  test('says why it could not be loaded, while the rest of the page is there', async () => {
    serveConfiguration(undefined, undefined, { 'GET /api/config/versions': problem(500, 'Error', 'No disk.') });
    renderRoute('/configuration');
    expect(await screen.findByRole('alert')).toHaveTextContent('No disk.');
    expect((await served()).getByText('Configuration 41')).toBeVisible();
  });

  test('goes on page by page', async () => {
    serveConfiguration(undefined, undefined, {
      'GET /api/config/versions': ({ search }) =>
        ok(search.get('before') === '41' ? { versions: [older], next_before: null } : { versions: [factories.configVersion()], next_before: 41 }),
    });
    const { user } = renderRoute('/configuration');
    await user.click(await screen.findByRole('button', { name: 'Show older versions' }));
    expect(await (await history()).findByRole('link', { name: 'Configuration 40' })).toBeVisible();
  });

  test('offers to go back only to what can be gone back to', async () => {
    serveConfiguration(undefined, [
      factories.configVersion(),
      older,
      { ...older, number: 39, has_files: false },
      { ...older, number: 38, tree: null },
    ]);
    renderRoute('/configuration');
    const links = (await history()).getAllByRole('link', { name: /^Roll back/ });
    expect(links.map((link) => link.getAttribute('href'))).toEqual(['/configuration/40/rollback']);
  });
});

describe('a version', () => {
  const parameter = { name: 'draws', type: 'integer', title: '', default: 0, has_default: true, required: false, allowed_values: [] };
  const draws = { key: 'parameters.draws', before: null, after: parameter };
  const plan = factories.configPlan({
    tasks: [
      { id: 'NEW', name: 'New one', change: 'added', changes: [] },
      { id: 'SAMPLE', name: 'Sample', change: 'changed', changes: [{ key: 'description', before: 'Old', after: null }, draws] },
    ],
    parameters: [{ task: 'SAMPLE', parameter: 'year', breakage: 'removed', text: 'year is removed: a run that is given a value for it is refused.' }],
    dangling: [{ where: 'schedule', name: 'nightly', task: 'GONE', file: 'config/config.json' }],
    active_runs: [{ run: 812, task: 'GONE', status: 'running' }],
    files: [
      { path: 'data_tasks/sample.py', change: 'changed', size_before: 100, size_after: 2048 },
      { path: 'logo.png', change: 'added', size_before: null, size_after: 10 },
    ],
    file_counts: { added: 1, changed: 1, removed: 0 },
    requirements_changed: true,
  });
  const detail = { ...older, plan };

  test('shows what it changed: what breaks first, tasks key by key, runs that go on', async () => {
    serveConfiguration(undefined, undefined, { 'GET /api/config/versions/40': ok(detail) });
    renderRoute('/configuration/40');
    const shown = await drawer('Configuration 40');
    const breaks = within(await shown.findByRole('region', { name: 'What breaks' }));
    expect(breaks.getByText(/year is removed/)).toBeInTheDocument();
    expect(breaks.getByText(/The schedule “nightly” in config\/config.json names the task GONE/)).toBeInTheDocument();
    expect(shown.getByRole('link', { name: /^Run 812 of GONE goes on/ })).toHaveAttribute('href', '/runs/812');
    const [added, changed] = within(shown.getByRole('list', { name: 'Tasks' })).getAllByRole('listitem');
    expect(added).toHaveTextContent('added: New one NEW');
    expect(changed).toHaveTextContent(/changed: Sample SAMPLEdescriptionbefore "Old".*now nothing/);
    expect(shown.getByText('{"name":"draws","type":"integer","default":0}')).toBeInTheDocument();
    expect(shown.getByText(/Python requirements are different/)).toBeInTheDocument();
    expect(shown.getByText('100 B → 2 KB')).toBeInTheDocument();
    await expectNoViolations(screen.getByRole('dialog'));
  });

  test('shows the differences of a file when it is opened', async () => {
    const server = serveConfiguration(undefined, undefined, {
      'GET /api/config/versions/40': ok(detail),
      'GET /api/config/versions/40/files': ({ search }) => {
        const isText = search.get('path') === 'data_tasks/sample.py';
        const file = { path: search.get('path'), change: 'changed', size_before: 1, size_after: 1, content: isText ? 'text' : 'binary' };
        return ok({ version: 40, against: 39, count: 1, files: [{ ...file, before: isText ? 'a = 1' : null, after: isText ? 'a = 2' : null }] });
      },
    });
    const { user } = renderRoute('/configuration/40');
    const shown = await drawer('Configuration 40');
    expect(server.sent('GET /api/config/versions/40/files')).toEqual([]);
    await user.click(await shown.findByRole('button', { name: /sample\.py/ }));
    expect(await shown.findByRole('textbox', { name: /sample\.py in this version/ })).toHaveTextContent('a = 2');
    await user.click(shown.getByRole('button', { name: /logo\.png/ }));
    expect(await shown.findByText('This is no text.')).toBeInTheDocument();
  });

  test('says that it was the first, and that its files are gone', async () => {
    serveConfiguration(undefined, undefined, { 'GET /api/config/versions/40': ok({ ...detail, plan: null, has_files: false }) });
    renderRoute('/configuration/40');
    const shown = await drawer('Configuration 40');
    expect(await shown.findByText(/This is the first version/)).toBeInTheDocument();
    expect(shown.getByText(/files of this version were removed/)).toBeInTheDocument();
    expect(shown.queryByRole('link', { name: /Roll back/ })).not.toBeInTheDocument();
  });

  test('says that there is none of this number', async () => {
    serveConfiguration(undefined, undefined, { 'GET /api/config/versions/99': problem(404, 'Not Found', 'There is no version 99.') });
    renderRoute('/configuration/99');
    expect(await (await drawer('Configuration 99')).findByRole('alert')).toHaveTextContent('There is no version 99.');
  });
});

describe('an update from a repository', () => {
  const update = 'POST /api/config/update';
  const changes = { tasks: [{ id: 'NEW', name: 'New one', change: 'added' as const, changes: [] }] };
  const respond = (plan: Answer, applied: Answer): Route => ({ search }) => (search.get('dry_run') === 'true' ? plan : applied);

  test('shows the plan, and changes nothing before Apply is pressed; then exactly what was planned', async () => {
    const server = serveConfiguration(undefined, undefined, { [update]: respond(planned(changes), made) });
    const { user } = renderRoute('/configuration');
    await user.click(await screen.findByRole('link', { name: 'Update from a repository' }));
    const shown = await drawer('Update from a repository');
    await user.type(await shown.findByRole('textbox', { name: 'Branch, tag or commit' }), 'v2');
    await user.type(shown.getByRole('textbox', { name: 'Message' }), 'Q3');
    await user.click(shown.getByRole('button', { name: 'Show the plan' }));
    expect(await shown.findByText('New one')).toBeInTheDocument();
    expect(server.sent(update).map((request) => request.search.get('dry_run'))).toEqual(['true']);
    await user.click(shown.getByRole('button', { name: 'Apply' }));
    expect(await shown.findByText(/^Configuration 42 is served now/)).toBeInTheDocument();
    const [, applied] = server.sent(update);
    expect(applied?.body).toEqual({ repository: 'https://git.example.org/analytics/tasks', ref: 'v2', directory: '', message: 'Q3' });
    expect(applied?.search.get('dry_run')).toBeNull();
    expect(applied?.headers.get('If-Match')).toBe('"41"');
    expect(applied?.headers.get('Idempotency-Key')).toMatch(/^[0-9a-f]{32}$/);
  });

  test('says what is being done while it is being done', async () => {
    serveConfiguration(undefined, undefined, { [update]: never });
    const { user } = renderRoute('/configuration/update');
    const shown = await drawer('Update from a repository');
    await user.click(await shown.findByRole('button', { name: 'Show the plan' }));
    expect(await shown.findByText(/fetched and checked/)).toBeInTheDocument();
    expect(shown.queryByRole('button', { name: 'Apply' })).not.toBeInTheDocument();
  });

  test('lists the errors of a broken configuration by file and line', async () => {
    const errors = [factories.problem(), factories.problem({ line: 20, message: 'the id SAMPLE is there twice' })];
    serveConfiguration(undefined, undefined, { [update]: refusal(422, 'invalid', 'The configuration has 2 errors.', errors) });
    const { user } = renderRoute('/configuration/update');
    const shown = await drawer('Update from a repository');
    await user.click(await shown.findByRole('button', { name: 'Show the plan' }));
    const found = within(await shown.findByRole('region', { name: 'What is wrong' }));
    expect(found.getAllByRole('listitem').map((item) => item.textContent)).toEqual([
      expect.stringContaining('config/data_tasks.json:12:7'),
      expect.stringContaining('config/data_tasks.json:20:7'),
    ]);
    await expectNoViolations(screen.getByRole('dialog'));
    await user.click(shown.getByRole('button', { name: 'Back' }));
    expect(shown.getByRole('combobox', { name: 'Repository' })).toHaveValue('https://git.example.org/analytics/tasks');
  });

  test('says that another one is in progress, and tries again when asked to', async () => {
    const server = serveConfiguration(undefined, undefined, { [update]: refusal(409, 'busy', 'Busy.') });
    const { user } = renderRoute('/configuration/update');
    const shown = await drawer('Update from a repository');
    await user.click(await shown.findByRole('button', { name: 'Show the plan' }));
    expect(await shown.findByRole('alert')).toHaveTextContent('Another update is in progress');
    server.set({ [update]: planned(changes) });
    await user.click(shown.getByRole('button', { name: 'Try again' }));
    expect(await shown.findByText('New one')).toBeInTheDocument();
    expect(shown.queryByRole('alert')).not.toBeInTheDocument();
  });

  test('makes the plan again when the configuration has changed since', async () => {
    const server = serveConfiguration(undefined, undefined, { [update]: respond(planned(changes), refusal(412, 'stale', 'Stale.')) });
    const { user } = renderRoute('/configuration/update');
    const shown = await drawer('Update from a repository');
    await user.click(await shown.findByRole('button', { name: 'Show the plan' }));
    await user.click(await shown.findByRole('button', { name: 'Apply' }));
    expect(await shown.findByRole('alert')).toHaveTextContent('has changed since this plan was made');
    expect(shown.getByRole('button', { name: 'Apply' })).toBeDisabled();
    server.set({ [update]: respond({ ...planned(changes), headers: { ETag: '"44"' } }, made) });
    await user.click(shown.getByRole('button', { name: 'Make the plan again' }));
    await waitFor(() => expect(shown.getByRole('button', { name: 'Apply' })).toBeEnabled());
    await user.click(shown.getByRole('button', { name: 'Apply' }));
    expect(await shown.findByText(/is served now/)).toBeInTheDocument();
    expect(server.sent(update).at(-1)?.headers.get('If-Match')).toBe('"44"');
  });

  test('shows the plan of what is there now when the branch has moved since', async () => {
    const words = 'main of … has moved: it is commit 2222 now, and was 1111 when it was looked at. Look again.';
    const server = serveConfiguration(undefined, undefined, { [update]: respond(planned(changes), refusal(409, 'moved', words)) });
    const { user } = renderRoute('/configuration/update');
    const shown = await drawer('Update from a repository');
    await user.click(await shown.findByRole('button', { name: 'Show the plan' }));
    await user.click(await shown.findByRole('button', { name: 'Apply' }));
    const failure = await shown.findByRole('alert');
    expect(failure).toHaveTextContent('What would be taken is not what the plan shows');
    expect(failure).toHaveTextContent(words);
    const revision = factories.configVersion().revision;
    expect(server.sent(update).at(-1)?.search.get('expected_revision')).toBe(revision);
    expect(shown.getByRole('button', { name: 'Apply' })).toBeDisabled();
    const version = factories.configVersion({ revision: '2'.repeat(40) });
    server.set({ [update]: respond({ ...ok({ outcome: 'planned', version, plan: factories.configPlan(changes) }), headers: { ETag: '"41"' } }, made) });
    await user.click(shown.getByRole('button', { name: 'Make the plan again' }));
    await waitFor(() => expect(shown.getByRole('button', { name: 'Apply' })).toBeEnabled());
    await user.click(shown.getByRole('button', { name: 'Apply' }));
    expect(await shown.findByText(/is served now/)).toBeInTheDocument();
    expect(server.sent(update).at(-1)?.search.get('expected_revision')).toBe('2'.repeat(40));
  });

  test('has nothing to apply where nothing would change', async () => {
    serveConfiguration(undefined, undefined, { [update]: ok({ outcome: 'nothing_changed', version: factories.configVersion(), plan: null }) });
    const { user } = renderRoute('/configuration/update');
    const shown = await drawer('Update from a repository');
    await user.click(await shown.findByRole('button', { name: 'Show the plan' }));
    expect(await shown.findByText(/^Nothing would change/)).toBeInTheDocument();
    expect(shown.queryByRole('button', { name: 'Apply' })).not.toBeInTheDocument();
  });

  test('lets a repository be typed where all below an address are allowed', async () => {
    const { rules } = factories.configuration();
    serveConfiguration(factories.configuration({ rules: { ...rules, repositories: ['https://git.example.org/team/*'] } }));
    const { user } = renderRoute('/configuration/update');
    const shown = await drawer('Update from a repository');
    expect(await shown.findByText(/allow these: https:\/\/git\.example\.org\/team\/\*/)).toBeInTheDocument();
    expect(shown.getByRole('button', { name: 'Show the plan' })).toBeDisabled();
    await user.type(shown.getByRole('combobox', { name: 'Repository' }), 'https://git.example.org/team/tasks');
    expect(shown.getByRole('button', { name: 'Show the plan' })).toBeEnabled();
  });
});

describe('an archive', () => {
  const upload = 'POST /api/config/archive';
  const zip = new File(['PK'], 'tasks.zip', { type: 'application/zip' });

  test('is sent as it is, first for its plan and then to be applied', async () => {
    const server = serveConfiguration(undefined, undefined, { [upload]: ({ search }) => (search.has('dry_run') ? planned() : made) });
    const { user } = renderRoute('/configuration/upload');
    const shown = await drawer('Upload an archive');
    expect(shown.getByRole('button', { name: 'Show the plan' })).toBeDisabled();
    await user.upload(shown.getByLabelText('Archive'), zip);
    await user.click(shown.getByRole('button', { name: 'Show the plan' }));
    await user.click(await shown.findByRole('button', { name: 'Apply' }));
    expect(await shown.findByText(/is served now/)).toBeInTheDocument();
    const sent = server.sent(upload);
    expect(sent.map(({ body }) => body)).toEqual([zip, zip]);
    expect(sent.map(({ search }) => search.toString())).toEqual([
      'file=tasks.zip&dry_run=true',
      `file=tasks.zip&expected_revision=${factories.configVersion().revision}`,
    ]);
  });

  test('can be dropped', async () => {
    serveConfiguration();
    renderRoute('/configuration/upload');
    const shown = await drawer('Upload an archive');
    fireEvent.drop(shown.getByLabelText('Archive'), { dataTransfer: { files: [zip] } });
    expect(await shown.findByText('tasks.zip, 2 B')).toBeInTheDocument();
    expect(shown.getByRole('button', { name: 'Show the plan' })).toBeEnabled();
  });

  test('that the server would not take is not sent', async () => {
    const { rules } = factories.configuration();
    serveConfiguration(factories.configuration({ rules: { ...rules, max_bytes: 1 } }));
    const { user } = renderRoute('/configuration/upload');
    const shown = await drawer('Upload an archive');
    await shown.findByText(/at most 1 B/);
    await user.upload(shown.getByLabelText('Archive'), zip);
    expect(await shown.findByRole('alert')).toHaveTextContent('It is 2 B; the server takes at most 1 B.');
    expect(shown.getByRole('button', { name: 'Show the plan' })).toBeDisabled();
  });
});

test('a roll-back shows what it changes before it is made', async () => {
  const rollback = 'POST /api/config/rollback';
  const server = serveConfiguration(undefined, undefined, {
    [rollback]: ({ search }) =>
      search.has('dry_run') ? planned({ tasks: [{ id: 'NEW', name: 'New one', change: 'removed', changes: [] }] }) : made,
  });
  const { user, location } = renderRoute('/configuration');
  await user.click(await screen.findByRole('link', { name: 'Roll back to configuration 40' }));
  const shown = await drawer('Roll back to configuration 40');
  expect(await shown.findByText('New one')).toBeInTheDocument();
  await user.click(shown.getByRole('button', { name: 'Roll back' }));
  expect(await shown.findByText(/^Configuration 42 is served now/)).toBeInTheDocument();
  expect(server.sent(rollback).map(({ body, search }) => [body, search.get('dry_run')])).toEqual([
    [{ version: 40, message: '' }, 'true'],
    [{ version: 40, message: '' }, null],
  ]);
  await user.click(shown.getAllByRole('button', { name: 'Close' }).at(-1) ?? document.body);
  expect(location()).toBe('/configuration');
});

test('the directory is served live again after a look at what that changes', async () => {
  const live = factories.configVersion({ number: 42, tree: null, source: factories.configSource({ origin: 'live' }) });
  serveConfiguration(undefined, undefined, {
    'POST /api/config/live': ({ search }) =>
      search.has('dry_run') ? planned() : ok({ outcome: 'made', version: live, plan: factories.configPlan() }),
  });
  const { user } = renderRoute('/configuration');
  await user.click(await screen.findByRole('link', { name: 'Serve the directory live' }));
  const shown = await drawer('Serve the directory live');
  await user.click(await shown.findByRole('button', { name: 'Serve it live' }));
  expect(await shown.findByText(/^The project’s directory is served live now/)).toBeInTheDocument();
});

describe('from everywhere', () => {
  test('the sidebar says what is served, and leads there', async () => {
    serveConfiguration();
    const { user, location } = renderRoute('/tasks');
    const line = await screen.findByRole('link', { name: /^Configuration 41 by CI, 31 Jan 2020, 10:02$/ });
    await user.click(line);
    expect(location()).toBe('/configuration');
  });

  test('the sidebar says that the directory is served live', async () => {
    serveConfiguration(noVersions());
    renderRoute('/tasks');
    expect(await screen.findByRole('link', { name: /^The project’s directory live/ })).toBeVisible();
  });

  test('g f leads there', async () => {
    serveConfiguration();
    const { user, location } = renderRoute('/tasks');
    await screen.findByRole('heading', { level: 1, name: 'Tasks' });
    await user.keyboard('gf');
    await waitFor(() => expect(location()).toBe('/configuration'));
  });

  test('the settings lead there, also where the sidebar has no room for it', async () => {
    serveConfiguration();
    renderRoute('/settings');
    expect(await screen.findByRole('link', { name: /^Configuration of the project/ })).toHaveAttribute('href', '/configuration');
  });
});
