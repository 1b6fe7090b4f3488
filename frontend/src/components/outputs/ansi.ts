/** Terminal colours as spans, always readable on our surfaces. */

import Anser, { type AnserJsonEntry } from 'anser';

export type Scheme = 'light' | 'dark';
type Rgb = readonly [number, number, number];

export interface Span {
  text: string;
  color?: string;
  background?: string;
  bold?: true;
  italic?: true;
  underline?: true;
  strike?: true;
  hidden?: true;
}

/** The surface of ours that leaves coloured text the least contrast. */
const SURFACE: Record<Scheme, Rgb> = { light: [236, 237, 240], dark: [50, 30, 31] };
const TEXT: Record<Scheme, Rgb> = { light: [26, 30, 36], dark: [226, 230, 234] };
const DIM: Record<Scheme, Rgb> = { light: [91, 99, 110], dark: [156, 165, 176] };
/** WCAG AA for text of this size. */
const CONTRAST = 4.5;

const NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];
const NORMAL: readonly Rgb[] = [
  [62, 66, 78],
  [201, 42, 42],
  [24, 121, 58],
  [150, 103, 0],
  [41, 87, 200],
  [145, 50, 170],
  [8, 120, 135],
  [160, 166, 174],
];
const BRIGHT: readonly Rgb[] = [
  [110, 116, 126],
  [229, 72, 77],
  [48, 164, 88],
  [200, 150, 20],
  [86, 130, 240],
  [180, 90, 210],
  [30, 160, 180],
  [240, 242, 244],
];

// eslint-disable-next-line no-control-regex -- escape sequences begin with a control character
const STRAY = /\x1b(?:\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?/g;

/** The text in pieces of one look. Anything else that escape sequences say is dropped. */
export function spans(text: string, scheme: Scheme): Span[] {
  if (!text.includes('\x1b')) return text === '' ? [] : [{ text }];
  return Anser.ansiToJson(text, { json: true, remove_empty: true, use_classes: true })
    .map((entry) => span(entry, scheme))
    .filter((one) => one.text !== '');
}

/** Without any colours. */
export function withoutAnsi(text: string): string {
  return spans(text, 'light')
    .map((one) => one.text)
    .join('');
}

function span(entry: AnserJsonEntry, scheme: Scheme): Span {
  const result: Span = { text: entry.content.includes('\x1b') ? entry.content.replace(STRAY, '') : entry.content };
  const decorations = new Set(entry.decorations);
  let front = colour(entry.fg, entry.fg_truecolor);
  const back = colour(entry.bg, entry.bg_truecolor);
  if (front === null && decorations.has('dim')) front = DIM[scheme];
  if (back !== null) {
    result.background = css(back);
    result.color = css(readable(front ?? TEXT[scheme], back));
  } else if (front !== null) result.color = css(readable(front, SURFACE[scheme]));
  if (decorations.has('bold')) result.bold = true;
  if (decorations.has('italic')) result.italic = true;
  if (decorations.has('underline')) result.underline = true;
  if (decorations.has('strikethrough')) result.strike = true;
  if (decorations.has('hidden')) result.hidden = true;
  return result;
}

function colour(name: string | null, truecolor: string | null): Rgb | null {
  if (!name) return null;
  if (name === 'ansi-truecolor') {
    const [r = 0, g = 0, b = 0] = (truecolor ?? '').split(',').map(Number);
    return [r, g, b];
  }
  const palette = /^ansi-palette-(\d+)$/.exec(name);
  if (palette) return indexed(Number(palette[1]));
  const [, bright, basic] = /^ansi-(bright-)?(\w+)$/.exec(name) ?? [];
  return (bright ? BRIGHT : NORMAL)[NAMES.indexOf(basic ?? '')] ?? null;
}

/** The 256 colours of xterm: 16 named ones, a cube of 6×6×6 and 24 greys. */
function indexed(index: number): Rgb | null {
  if (index < 16) return (index < 8 ? NORMAL : BRIGHT)[index % 8] ?? null;
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return [grey, grey, grey];
  }
  const level = (step: number) => (step === 0 ? 0 : 55 + step * 40);
  const cube = index - 16;
  return [level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)];
}

/** The colour itself, or as much darker or lighter as reading it on `back` takes. */
export function readable(front: Rgb, back: Rgb): Rgb {
  if (contrast(front, back) >= CONTRAST) return front;
  const black: Rgb = [0, 0, 0];
  const white: Rgb = [255, 255, 255];
  const goal = contrast(black, back) > contrast(white, back) ? black : white;
  for (let share = 0.1; share < 1; share += 0.1) {
    const mixed = front.map((part, index) => Math.round(part + ((goal[index] ?? 0) - part) * share));
    const candidate: Rgb = [mixed[0] ?? 0, mixed[1] ?? 0, mixed[2] ?? 0];
    if (contrast(candidate, back) >= CONTRAST) return candidate;
  }
  return goal;
}

/** As WCAG 2 defines it, from 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance([r, g, b]: Rgb): number {
  const linear = (part: number) => (part <= 10.31475 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

const css = (color: Rgb) => `rgb(${color.join(', ')})`;
