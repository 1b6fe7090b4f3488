import { describe, expect, test } from 'vitest';
import { choose, pngSize } from './mime';

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAoAAAAHgCAYAAAA10dzkAAAA';

describe('of several forms', () => {
  test.each([
    [['text/plain', 'text/html'], 'html'],
    [['text/html', 'application/vnd.plotly.v1+json'], 'plotly'],
    [['text/plain', 'image/png'], 'image'],
    [['text/plain', 'text/markdown'], 'markdown'],
    [['text/plain', 'application/javascript'], 'text'],
    [['text/plain', 'text/latex'], 'latex'],
    [['text/html', 'text/latex'], 'html'],
    [['application/vnd.vegalite.v5+json', 'text/plain'], 'vega'],
    [['application/vnd.vega.v6+json'], 'vega'],
    [['application/vnd.vegalite.v5+json', 'image/png'], 'image'],
    [['text/plain', 'application/vnd.jupyter.widget-view+json'], 'text'],
  ])('%s: %s', (types, kind) => {
    const data = Object.fromEntries(types.map((type) => [type, type.endsWith('json') ? { data: [] } : 'x']));
    expect(choose(data, {}).kind).toBe(kind);
  });

  test('an empty one is passed over', () => {
    expect(choose({ 'text/html': '', 'text/plain': 'x' }, {})).toEqual({ kind: 'text', text: 'x' });
  });

  test('none that is known is said', () => {
    expect(choose({ 'application/x-strange': 1 }, {})).toEqual({ kind: 'unknown', types: ['application/x-strange'] });
  });
});

describe('a picture', () => {
  test('has its size before it is decoded', () => {
    expect(pngSize(PNG)).toEqual({ width: 640, height: 480 });
    expect(choose({ 'image/png': PNG }, {})).toMatchObject({ kind: 'image', width: 640, height: 480 });
  });

  test('has the size the author gave it', () => {
    expect(choose({ 'image/png': PNG }, { 'image/png': { width: 320 } })).toMatchObject({ width: 320, height: null });
  });

  test('of broken data has no size', () => {
    expect(pngSize('')).toBeNull();
    expect(pngSize('not base64 at all, not even close')).toBeNull();
  });

  test('in SVG is an image, so that its scripts do not run', () => {
    const form = choose({ 'image/svg+xml': '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>' }, {});
    expect(form).toMatchObject({ kind: 'image', source: expect.stringMatching(/^data:image\/svg\+xml;/) as string });
  });
});
