import { screen, waitFor, within } from '@testing-library/react';
import { beforeAll, expect, test, vi } from 'vitest';
import type { Comparison } from '@/api/types';
// Loaded with the first difference; here before, or a test could end in the middle of it.
import '@/components/diff/CodeDiff';
import '@/components/highlight';
import * as factories from '@/test/factories';
import { renderRoute } from '@/test/render';
import { never, ok, problem, serve, type Route } from '@/test/server';

// Nothing is laid out here: what the editor measures of its lines.
beforeAll(() => {
  Range.prototype.getClientRects = () => ({ length: 0, item: () => null }) as unknown as DOMRectList;
});

const side = (index: number, changes: Partial<NonNullable<Comparison['cells'][number]['a']>> = {}) => ({
  index,
  cell_type: 'code',
  source: null,
  seconds: 1,
  status: 'completed',
  output_count: 1,
  ...changes,
});

const comparison = (changes: Partial<Comparison> = {}): Comparison => ({
  a: factories.run({ id: 811, seconds: 60, parameters: { year: 2022 } }),
  b: factories.run({ id: 812, seconds: 150, parameters: { year: 2023 } }),
  same_task: true,
  parameters: [
    { name: 'district', title: 'District', state: 'same', a: 'Mubende', b: 'Mubende' },
    { name: 'year', title: 'Year', state: 'changed', a: 2022, b: 2023 },
    { name: 'note', title: null, state: 'only_b', a: null, b: 'new' },
  ],
  versions: [
    { name: 'platform', state: 'same', a: 'Linux', b: 'Linux' },
    { name: 'python_version', state: 'changed', a: '3.12.1', b: '3.13.1' },
  ],
  packages: { different: [{ name: 'pandas', state: 'changed', a: '2.2.0', b: '3.0.1' }], same: 127 },
  source_identical: false,
  source_texts: null,
  cells: [
    { state: 'same', outputs_equal: true, injected: false, a: side(0), b: side(0) },
    { state: 'changed', outputs_equal: false, injected: false, a: side(1, { source: 'load(1)' }), b: side(1, { source: 'load(2)', seconds: 4 }) },
    { state: 'only_b', outputs_equal: null, injected: false, a: null, b: side(2, { source: 'extra()', output_count: 0 }) },
  ],
  cells_left_out: 0,
  ...changes,
});

const notebook = (value: string, text: string) => ({
  cells: [
    { cell_type: 'code', source: 'same()', outputs: [{ output_type: 'stream', name: 'stdout', text: 'equal' }] },
    {
      cell_type: 'code',
      source: `load(${value})`,
      outputs: [
        { output_type: 'stream', name: 'stdout', text: ['first line\n', `${text}\n`] },
        { output_type: 'display_data', data: { 'image/png': value === '1' ? 'AAAA' : 'BBBB' } },
        {
          output_type: 'execute_result',
          data: { 'text/html': `<table><tbody><tr><th>Kampala</th><td>${value}</td><td>9</td></tr></tbody></table>` },
        },
      ],
    },
    { cell_type: 'code', source: 'extra()', outputs: [] },
  ],
});

function serveComparison(answer: Route, more: Record<string, Route> = {}) {
  return serve({
    'GET /api/health': ok(factories.health()),
    'GET /api/runs/compare': answer,
    'GET /api/runs/811/notebook': ok(notebook('1', 'of A')),
    'GET /api/runs/812/notebook': ok(notebook('2', 'of B')),
    ...more,
  });
}

const AT = '/runs/compare?a=811&b=812';

test('while the runs are being compared, the page keeps their place', async () => {
  serveComparison(never);
  renderRoute(AT);
  expect(await screen.findByRole('status', { name: 'Comparing…' })).toBeVisible();
});

test('both runs are named, and can change sides', async () => {
  const server = serveComparison(({ search }) => ok(search.get('a') === '811' ? comparison() : comparison({ a: comparison().b, b: comparison().a })));
  const { user, location } = renderRoute(AT);
  const left = await screen.findByRole('region', { name: 'A: run 811' });
  expect(within(left).getByRole('link', { name: 'Run 811' })).toHaveAttribute('href', '/runs/811');
  expect(screen.getByRole('region', { name: 'B: run 812' })).toHaveTextContent(/Succeeded.*Sample analysis.*Dashboard.*2 min 10 s|Succeeded.*2 min 30 s/);
  await user.click(screen.getByRole('link', { name: 'Swap sides' }));
  expect(location()).toBe('/runs/compare?a=812&b=811');
  expect(await screen.findByRole('region', { name: 'A: run 812' })).toBeVisible();
  expect(server.sent('GET /api/runs/compare')).toHaveLength(2);
});

test('values that differ come first, equal ones on demand', async () => {
  serveComparison(ok(comparison()));
  const { user } = renderRoute(AT);
  const values = await screen.findByRole('region', { name: 'Values' });
  expect(within(values).getAllByRole('row').map((row) => row.textContent)).toEqual([
    'ParameterAB',
    'Year (changed)20222023',
    'note (only in B)not therenew',
  ]);
  await user.click(within(values).getByRole('button', { name: 'Show the one that is equal' }));
  expect(within(values).getByRole('row', { name: 'District Mubende Mubende' })).toBeVisible();
});

test('everything is shown when not only differences are wanted, and the address says so', async () => {
  serveComparison(ok(comparison()));
  const { user, location } = renderRoute(AT);
  await user.click(await screen.findByRole('switch', { name: 'Only differences' }));
  expect(location()).toBe(`${AT}&all=1`);
  expect(screen.getByRole('row', { name: 'District Mubende Mubende' })).toBeVisible();
  expect(screen.getByRole('row', { name: 'Platform Linux Linux' })).toBeVisible();
  expect(screen.getByRole('article', { name: 'Cell 1' })).toHaveTextContent('equal');
});

test('durations are compared in all and by cell, in words', async () => {
  serveComparison(ok(comparison()));
  renderRoute(AT);
  const durations = await screen.findByRole('region', { name: 'Durations' });
  expect(within(durations).getAllByRole('listitem').map((item) => item.textContent)).toEqual([
    'In allA1 minB2 min 30 s2.5× slower',
    'Cell 1A1 sB1 sabout equal',
    'Cell 2A1 sB4 s4× slower',
    'Cell 3A–B1 s',
  ]);
});

test('a cell shows how its code, texts, pictures and tables differ', async () => {
  serveComparison(ok(comparison()));
  const { user } = renderRoute(AT);
  const cell = await screen.findByRole('article', { name: 'Cell 2' });
  expect(cell).toHaveTextContent('code changed, outputs differ');
  const code = await within(cell).findByRole('textbox', { name: 'Code in A, Code in B' });
  expect(code).toHaveTextContent('load(2)');
  expect(cell).toHaveTextContent('load(1)');
  expect(await within(cell).findByRole('textbox', { name: 'Cell 2, A, Cell 2, B' })).toHaveTextContent('of B');
  expect(within(cell).getByText('One value differs.')).toBeVisible();
  expect(within(cell).getAllByTitle('differs').map((mark) => mark.textContent)).toEqual(['1', '2']);
  expect(within(cell).getByRole('img', { name: 'Picture of Cell 2, A' })).toHaveAttribute('src', 'data:image/png;base64,AAAA');
  await user.click(within(cell).getByRole('radio', { name: 'Swipe' }));
  expect(within(cell).getByRole('slider', { name: 'Where A ends and B begins' })).toBeVisible();
  expect(screen.getByRole('article', { name: 'Cell 3' })).toHaveTextContent(/only in B.*extra\(\)/);
  expect(screen.queryByRole('article', { name: 'Cell 1' })).toBeNull();
});

test('when the notebooks do not come, the rest is there and another try is offered', async () => {
  const server = serveComparison(ok(comparison()), { 'GET /api/runs/811/notebook': problem(503, 'Unavailable', 'Try again later.') });
  const { user } = renderRoute(AT);
  const cells = await screen.findByRole('region', { name: 'Cells' });
  expect(await within(cells).findByRole('alert')).toHaveTextContent('The notebooks could not be loaded');
  server.set({ 'GET /api/runs/811/notebook': ok(notebook('1', 'of A')) });
  await user.click(within(cells).getByRole('button', { name: 'Try again' }));
  expect(await within(cells).findByText('One value differs.')).toBeVisible();
});

test('the code of two scripts is compared as text', async () => {
  const script = { kind: 'script' as const };
  serveComparison(
    ok(
      comparison({
        a: factories.run({ id: 811, ...script }),
        b: factories.run({ id: 812, ...script }),
        cells: [],
        source_texts: { a: 'x = 1\n', b: 'x = 2\n' },
      }),
    ),
  );
  renderRoute(AT);
  const code = await screen.findByRole('region', { name: 'Code' });
  expect(await within(code).findByRole('textbox')).toHaveTextContent('x = 2');
});

test('code that differs has the colours of code, and what it printed has none', async () => {
  serveComparison(ok(comparison()));
  renderRoute(AT);
  const cell = await screen.findByRole('article', { name: 'Cell 2' });
  await waitFor(() => expect(within(cell).getAllByRole('textbox')).toHaveLength(2));
  await waitFor(() => expect(cell.querySelector('.cm-content .hljs-number')).toHaveTextContent('2'));
  const [code, printed] = within(cell).getAllByRole('textbox');
  expect(code).toHaveAccessibleName('Code in A, Code in B');
  expect(printed).toHaveTextContent('of B');
  expect(printed?.querySelector('[class*="hljs"]')).toBeNull();
});

test('of the packages those that differ are shown and the others counted', async () => {
  serveComparison(ok(comparison()));
  renderRoute(AT);
  const versions = await screen.findByRole('region', { name: 'Versions' });
  expect(within(versions).getAllByRole('row').map((row) => row.textContent)).toEqual([
    'SoftwareAB',
    'Python (changed)3.12.13.13.1',
    'PackageAB',
    'pandas (changed)2.2.03.0.1',
  ]);
  expect(within(versions).getByText('127 packages are the same.')).toBeVisible();
  expect(screen.getByRole('navigation', { name: 'Parts of the comparison' })).toHaveTextContent('Versions 22 differences');
});

test('packages that are not known of both runs are said to be unknown', async () => {
  serveComparison(ok(comparison({ packages: null })));
  renderRoute(AT);
  expect(await screen.findByText('The packages are not known of both runs, so they are not compared.')).toBeVisible();
});

test('two runs that are equal in everything say so', async () => {
  serveComparison(
    ok(
      comparison({
        parameters: comparison().parameters.slice(0, 1),
        versions: comparison().versions.slice(0, 1),
        packages: { different: [], same: 128 },
        cells: comparison().cells.slice(0, 1),
        source_identical: true,
      }),
    ),
  );
  renderRoute(AT);
  expect(await screen.findByText('Both runs had the same values.')).toBeVisible();
  expect(screen.getByText('Both runs used the same versions.')).toBeVisible();
  expect(screen.getByText('All cells have the same code and the same outputs.')).toBeVisible();
});

test('runs that have not ended are read again', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  try {
    const running = comparison({ b: factories.run({ id: 812, status: 'running', seconds: null }) });
    const server = serveComparison(ok(running));
    renderRoute(AT);
    expect(await screen.findByText(/Not both runs have ended/)).toBeVisible();
    server.set({ 'GET /api/runs/compare': ok(comparison()) });
    await vi.advanceTimersByTimeAsync(6_000);
    await waitFor(() => expect(screen.queryByText(/Not both runs have ended/)).toBeNull());
    const asked = server.sent('GET /api/runs/compare').length;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(server.sent('GET /api/runs/compare')).toHaveLength(asked);
  } finally {
    vi.useRealTimers();
  }
});

test('a run that is not there leads back to the list', async () => {
  serveComparison(problem(404, 'Not Found', 'There is no run 812.'));
  renderRoute(AT);
  expect(await screen.findByRole('alert')).toHaveTextContent('There is no run 812.');
  expect(screen.getByRole('link', { name: 'Go to the runs' })).toHaveAttribute('href', '/runs');
});

test('the same run twice is not compared', async () => {
  serveComparison(never);
  renderRoute('/runs/compare?a=812&b=812');
  expect(await screen.findByRole('heading', { name: 'This is one run, twice' })).toBeVisible();
  expect(screen.getByRole('link', { name: 'Compare with the previous success' })).toHaveAttribute('href', '/runs/compare?b=812');
});

test.each(['/runs/compare', '/runs/compare?a=811', '/runs/compare?a=x&b=812'])('%s asks for two runs', async (address) => {
  serveComparison(never);
  renderRoute(address);
  expect(await screen.findByRole('heading', { name: 'Two runs are needed' })).toBeVisible();
});

test('one run alone is compared with the success before it', async () => {
  const server = serveComparison(ok(comparison()), {
    'GET /api/runs/812': ok(factories.run()),
    'GET /api/runs': ok({ runs: [factories.run({ id: 811 })], next_before: null }),
  });
  const { location } = renderRoute('/runs/compare?b=812');
  expect(await screen.findByRole('region', { name: 'A: run 811' })).toBeVisible();
  expect(location()).toBe(AT);
  expect(server.sent('GET /api/runs')[0]?.search.toString()).toBe('task=SAMPLE&status=succeeded&before=812&limit=1');
});

test('without an earlier success there is nothing to compare with', async () => {
  serveComparison(never, { 'GET /api/runs/812': ok(factories.run()), 'GET /api/runs': ok({ runs: [], next_before: null }) });
  renderRoute('/runs/compare?b=812');
  expect(await screen.findByRole('heading', { name: 'There is nothing to compare with yet' })).toBeVisible();
  expect(screen.getByRole('link', { name: 'Go to the runs' })).toHaveAttribute('href', '/runs?task=SAMPLE');
});
