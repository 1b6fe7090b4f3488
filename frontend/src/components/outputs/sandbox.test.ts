import { readFileSync } from 'node:fs';
import { JSDOM } from 'jsdom';
import { describe, expect, test } from 'vitest';
import { read, wantsPaper, type ToSandbox } from './sandbox';

describe('what comes from the frame', () => {
  test.each([
    [{ kind: 'ready' }, { kind: 'ready' }],
    [{ kind: 'height', height: 120.4 }, { kind: 'height', height: 121 }],
    [{ kind: 'height', height: 1e9 }, { kind: 'height', height: 2000 }],
    [{ kind: 'height', height: -5 }, { kind: 'height', height: 20 }],
    [{ kind: 'failed', reason: 'x'.repeat(10_000) }, { kind: 'failed', reason: 'x'.repeat(500) }],
  ])('is read: %j', (data, message) => {
    expect(read(data)).toEqual(message);
  });

  test.each([
    null,
    undefined,
    'ready',
    42,
    [],
    {},
    { kind: 'height' },
    { kind: 'height', height: '100vh' },
    { kind: 'height', height: NaN },
    { kind: 'height', height: Infinity },
    { kind: 'failed', reason: { toString: () => 'x' } },
    { kind: 'navigate', to: 'https://evil.example/' },
    { type: 'ready' },
  ])('is ignored otherwise: %j', (data) => {
    expect(read(data)).toBeNull();
  });
});

test('HTML with colours of its own is shown on white', () => {
  expect(wantsPaper({ kind: 'html', html: '<p style="color: #333">x</p>' })).toBe(true);
  expect(wantsPaper({ kind: 'html', html: '<table><tr><td>x</td></tr></table>' })).toBe(false);
  expect(wantsPaper({ kind: 'plotly', figure: {} })).toBe(false);
});

interface Frame {
  document: Document;
  said: unknown[];
  /** The page around the frame says something. */
  tell: (message: ToSandbox) => void;
  /** Somebody else says something, e.g. another output. */
  whisper: (message: ToSandbox) => void;
  event: (type: string) => Event;
}

/** The page of the sandbox, as a frame in another. */
function open(): Frame {
  const said: unknown[] = [];
  const outside = { postMessage: (message: unknown) => said.push(JSON.parse(JSON.stringify(message))) };
  const { window } = new JSDOM(readFileSync('public/sandbox.html', 'utf-8'), {
    runScripts: 'dangerously',
    beforeParse: (inner) => {
      Object.defineProperty(inner, 'parent', { value: outside });
      // jsdom has none; this frame is pointed at with a mouse.
      Object.defineProperty(inner, 'matchMedia', { value: () => ({ matches: false }) });
      inner.ResizeObserver = class {
        observe() {
          // Nothing is laid out here.
        }
        unobserve() {
          // Nothing is laid out here.
        }
        disconnect() {
          // Nothing is laid out here.
        }
      };
    },
  });
  const deliver = (source: unknown, data: ToSandbox) => {
    const event = new window.MessageEvent('message', { data });
    Object.defineProperty(event, 'source', { value: source });
    window.dispatchEvent(event);
  };
  return {
    document: window.document,
    said,
    tell: (message) => deliver(outside, message),
    whisper: (message) => deliver(window, message),
    event: (type) => new window.Event(type),
  };
}

describe('the page in the frame', () => {
  test('says that it is ready', () => {
    expect(open().said).toEqual([{ kind: 'ready' }]);
  });

  test('shows HTML, runs its scripts in their order, and says how high it is', () => {
    const frame = open();
    frame.tell({
      kind: 'html',
      html: '<p id="a">x</p><script>document.getElementById("a").textContent = "1"</script><script>document.getElementById("a").textContent += "2"</script>',
      theme: 'dark',
    });
    expect(frame.document.getElementById('a')?.textContent).toBe('12');
    expect(frame.document.documentElement.dataset.theme).toBe('dark');
    expect(frame.said).toContainEqual({ kind: 'height', height: 0 });
  });

  test('gives JavaScript the element it may write to', () => {
    const frame = open();
    frame.tell({ kind: 'javascript', code: 'element.textContent = "written"', theme: 'light' });
    expect(frame.document.getElementById('output')?.textContent).toBe('written');
  });

  test('listens to nobody but the page around it', () => {
    const frame = open();
    frame.whisper({ kind: 'html', html: 'injected', theme: 'light' });
    expect(frame.document.getElementById('output')?.textContent).toBe('');
  });

  test('draws a chart with the library it is told, in the colours of the theme', async () => {
    const frame = open();
    const view = frame.document.defaultView as unknown as Record<string, unknown>;
    const drawn: unknown[][] = [];
    view.Plotly = {
      newPlot: (...given: unknown[]) => {
        drawn.push(given);
        return Promise.resolve();
      },
    };
    const figure = { data: [{ y: [1, 2] }], layout: { title: { text: 'T' } } };
    frame.tell({ kind: 'plotly', figure, library: 'https://host/plotly.js', theme: 'light' });
    await Promise.resolve();
    expect(drawn[0]?.[1]).toEqual(figure.data);
    expect(drawn[0]?.[2]).toEqual({ title: { text: 'T' }, autosize: true });
    frame.tell({ kind: 'theme', theme: 'dark' });
    expect(drawn[1]?.[2]).toMatchObject({ title: { text: 'T' }, template: { layout: { paper_bgcolor: 'rgba(0,0,0,0)' } } });
    expect(figure.layout).toEqual({ title: { text: 'T' } });
  });

  test('says so when the library does not come', () => {
    const frame = open();
    frame.tell({ kind: 'plotly', figure: {}, library: 'https://host/plotly.js', theme: 'light' });
    frame.document.querySelector('script[src]')?.dispatchEvent(frame.event('error'));
    expect(frame.said).toContainEqual({ kind: 'failed', reason: 'The charting library could not be loaded.' });
  });

  test('says what is wrong with a figure', () => {
    const frame = open();
    (frame.document.defaultView as unknown as Record<string, unknown>).Plotly = {
      newPlot: () => {
        throw new Error('no trace');
      },
    };
    frame.tell({ kind: 'plotly', figure: {}, library: '', theme: 'light' });
    expect(frame.said).toContainEqual({ kind: 'failed', reason: 'Error: no trace' });
  });
});
