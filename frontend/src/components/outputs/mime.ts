/** Which of an output's forms is shown. */

export type Form =
  | { kind: 'plotly'; figure: unknown }
  | { kind: 'html'; html: string }
  | { kind: 'markdown'; text: string }
  | { kind: 'latex'; text: string }
  /** A chart that is described in a language we do not draw. */
  | { kind: 'vega' }
  | { kind: 'image'; source: string; width: number | null; height: number | null }
  | { kind: 'json'; value: unknown }
  | { kind: 'text'; text: string }
  | { kind: 'javascript'; code: string }
  | { kind: 'unknown'; types: string[] };

const IMAGES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

const VEGA = /^application\/vnd\.vega(?:lite)?\.v\d+\+json$/;

/** The richest first, as JupyterLab chooses. */
const ORDER = [
  'application/vnd.plotly.v1+json',
  'text/html',
  'text/markdown',
  'image/svg+xml',
  ...IMAGES,
  'text/latex',
  'application/json',
  'text/plain',
  'application/javascript',
];

type Bundle = Readonly<Record<string, unknown>>;

export function choose(data: Bundle, metadata: Bundle): Form {
  for (const mime of ORDER) {
    const value = data[mime];
    if (value === undefined || value === null || value === '') continue;
    const form = formOf(mime, value, metadata);
    if (!form) continue;
    // What such a chart says as plain text is of no use to anybody.
    return form.kind === 'text' && Object.keys(data).some((type) => VEGA.test(type)) ? { kind: 'vega' } : form;
  }
  if (Object.keys(data).some((type) => VEGA.test(type))) return { kind: 'vega' };
  return { kind: 'unknown', types: Object.keys(data) };
}

function formOf(mime: string, value: unknown, metadata: Bundle): Form | null {
  if (mime === 'application/vnd.plotly.v1+json') return isObject(value) ? { kind: 'plotly', figure: value } : null;
  if (mime === 'application/json') return { kind: 'json', value };
  if (typeof value !== 'string') return null;
  if (mime === 'text/html') return { kind: 'html', html: value };
  if (mime === 'text/latex') return { kind: 'latex', text: value };
  if (mime === 'text/markdown') return { kind: 'markdown', text: value };
  if (mime === 'application/javascript') return { kind: 'javascript', code: value };
  if (mime === 'image/svg+xml') return image(svgUrl(value), mime, metadata, null);
  if (IMAGES.includes(mime)) {
    const base64 = value.replace(/\s+/g, '');
    return image(`data:${mime};base64,${base64}`, mime, metadata, mime === 'image/png' ? pngSize(base64) : null);
  }
  return { kind: 'text', text: value };
}

/** As the source of an image, scripts inside a drawing do not run. */
function svgUrl(svg: string): string {
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}

function image(source: string, mime: string, metadata: Bundle, size: { width: number; height: number } | null): Form {
  const own = metadata[mime];
  const given = isObject(own) ? own : metadata;
  return {
    kind: 'image',
    source,
    width: positive(given.width) ?? size?.width ?? null,
    height: positive(given.height) ?? (positive(given.width) === null ? (size?.height ?? null) : null),
  };
}

/** Read from the header, so that the page has the room before the picture is decoded. */
export function pngSize(base64: string): { width: number; height: number } | null {
  try {
    const bytes = Uint8Array.from(atob(base64.slice(0, 32)), (character) => character.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    if (view.getUint32(0) !== 0x89504e47 || view.getUint32(12) !== 0x49484452) return null;
    return { width: view.getUint32(16), height: view.getUint32(20) };
  } catch {
    // Not base64, or too short for a header: the browser will say so by its broken picture.
    return null;
  }
}

function positive(value: unknown): number | null {
  return typeof value === 'number' && value > 0 ? value : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
