import { MantineProvider } from '@mantine/core';
import { act, render, screen, waitFor, within } from '@testing-library/react';
import { beforeAll, expect, test, vi } from 'vitest';
// Loaded when the first code is shown; here before, or a test could end in the middle of it.
import '@/components/highlight';
import { Outputs } from './Outputs';
import type { DataOutput, Output } from './output';

const show = (...outputs: Output[]) =>
  render(
    <MantineProvider>
      <Outputs outputs={outputs} forgotten={0} of="Cell 1" />
    </MantineProvider>,
  );
const data = (bundle: Record<string, unknown>): DataOutput => ({
  kind: 'data',
  key: 1,
  data: bundle,
  metadata: {},
  executionCount: null,
  displayId: null,
});

test('a plain table is drawn in the page', () => {
  show(data({ 'text/html': '<table><tr><td>64</td></tr></table>', 'text/plain': '64' }));
  expect(screen.getByRole('cell', { name: '64' })).toBeInTheDocument();
});

test('HTML with code in it goes to a frame without an origin', () => {
  const { container } = show(data({ 'text/html': '<b>x</b><script>document.title = "owned"</script>' }));
  const frame = screen.getByTitle('Cell 1: formatted output');
  expect(frame).toHaveAttribute('sandbox', 'allow-scripts');
  expect(frame).toHaveAttribute('src', '/sandbox.html');
  expect(container.querySelector('script')).toBeNull();
});

test('a frame is told what to show when it is ready, and only its own word counts for its height', () => {
  show(data({ 'application/vnd.plotly.v1+json': { data: [], layout: { height: 300 } } }));
  const frame = screen.getByTitle<HTMLIFrameElement>('Cell 1: chart');
  expect(frame).toHaveStyle({ height: '300px' });
  const inside = frame.contentWindow;
  if (!inside) throw new Error('a frame without a window');
  const told = vi.spyOn(inside, 'postMessage').mockImplementation(() => undefined);
  const say = (message: unknown, source: Window | null) =>
    act(() => {
      window.dispatchEvent(new MessageEvent('message', { data: message, source }));
    });

  say({ kind: 'ready' }, window);
  expect(told).not.toHaveBeenCalled();
  say({ kind: 'ready' }, inside);
  expect(told.mock.calls[0]?.[0]).toMatchObject({ kind: 'plotly', figure: { data: [] }, theme: 'light' });
  expect((told.mock.calls[0]?.[0] as { library: string }).library).toMatch(/^http:\/\/localhost.*plotly/);

  say({ kind: 'height', height: 5 }, window);
  expect(frame).toHaveStyle({ height: '300px' });
  say({ kind: 'height', height: 410 }, inside);
  expect(frame).toHaveStyle({ height: '410px' });
  say({ kind: 'height', height: 1e7 }, inside);
  expect(frame).toHaveStyle({ height: '2000px' });
  say({ kind: 'failed', reason: 'no WebGL' }, inside);
  expect(screen.getByText('This output could not be shown: no WebGL')).toBeInTheDocument();
});

test('a picture has its size and a description', () => {
  show(data({ 'image/png': 'iVBORw0KGgoAAAANSUhEUgAAAoAAAAHgCAYAAAA10dzkAAAA', 'text/plain': '<Figure size 640x480 with 1 Axes>' }));
  const image = screen.getByRole('img', { name: 'Cell 1: Figure size 640x480 with 1 Axes' });
  expect(image).toHaveAttribute('width', '640');
  expect(image).toHaveAttribute('height', '480');
});

test('Markdown is rendered, JSON is a tree, what is unknown is named', () => {
  show(
    data({ 'text/markdown': '**bold**' }),
    { ...data({ 'application/json': { a: [1], b: { c: { d: true } } } }), key: 2 },
    { ...data({ 'application/x-strange': '?' }), key: 3 },
  );
  expect(screen.getByText('bold').tagName).toBe('STRONG');
  const tree = within(screen.getByRole('group', { name: 'Cell 1: JSON' }));
  expect(tree.getByText('0:').parentElement).toHaveTextContent('0: 1');
  expect(tree.queryByText('d:')).not.toBeInTheDocument();
  expect(screen.getByText(/type application\/x-strange can’t be shown/)).toBeInTheDocument();
});

test('an error shows its name, its message and its traceback in colours', () => {
  show({ kind: 'error', key: 1, name: 'ValueError', value: 'no year', traceback: '\x1b[31mValueError\x1b[0m: no year' });
  expect(screen.getByText('ValueError: no year')).toBeInTheDocument();
  expect(screen.getByText('ValueError').style.color).toMatch(/^rgb\(\d+, \d+, \d+\)$/);
});

// A browser's MathML can be styled; jsdom's elements cannot.
beforeAll(() => {
  Object.defineProperty(Element.prototype, 'style', { value: {}, writable: true, configurable: true });
});

test('LaTeX is drawn as a formula, and so is that in Markdown; what is no LaTeX stays as it was written', async () => {
  const { container } = show(
    data({ 'text/latex': '$\\displaystyle \\frac{a}{b}$', 'text/plain': 'a/b' }),
    { ...data({ 'text/markdown': 'The rate $R_t$ costs $5' }), key: 2 },
    { ...data({ 'text/latex': '\\begin{nothing' }), key: 3 },
  );
  await waitFor(() => expect(container.querySelector('math mfrac')).not.toBeNull());
  expect(container.querySelector('p math msub')).toHaveTextContent('Rt');
  expect(screen.getByText(/costs \$5/)).toBeInTheDocument();
  expect(screen.getByText('\\begin{nothing')).toBeInTheDocument();
});

test('a Vega chart says why it is not drawn', () => {
  show(data({ 'application/vnd.vegalite.v5+json': { mark: 'bar' }, 'text/plain': '<VegaLite 5 object>' }));
  expect(screen.getByText(/Vega/)).toBeInTheDocument();
  expect(screen.queryByText(/VegaLite 5 object/)).not.toBeInTheDocument();
});
