/** What is said between a page and the sandbox frame in it; the other side is `public/sandbox.html`. */

import type { Scheme } from './ansi';

export type SandboxContent =
  | { kind: 'html'; html: string }
  | { kind: 'javascript'; code: string }
  | { kind: 'plotly'; figure: unknown };

export type ToSandbox =
  | { kind: 'html'; html: string; theme: Scheme }
  | { kind: 'javascript'; code: string; theme: Scheme }
  | { kind: 'plotly'; figure: unknown; library: string; theme: Scheme }
  | { kind: 'theme'; theme: Scheme };

export type FromSandbox = { kind: 'ready' } | { kind: 'height'; height: number } | { kind: 'failed'; reason: string };

const MIN_HEIGHT = 20;
/** Beyond it the frame scrolls: an output must not be able to push the rest of the notebook away. */
const MAX_HEIGHT = 2_000;
const MAX_REASON = 500;

/**
 * HTML that chooses colours was made to be read on white: on a dark page it would be dark on dark. It is shown on
 * white there, as pictures are.
 */
export function wantsPaper(content: SandboxContent): boolean {
  return content.kind === 'javascript' || (content.kind === 'html' && /color|background|<style|<script|<svg/i.test(content.html));
}

/** What comes from the frame was sent by untrusted code: anything else than the three messages is `null`. */
export function read(data: unknown): FromSandbox | null {
  if (typeof data !== 'object' || data === null) return null;
  const { kind, height, reason } = data as Record<string, unknown>;
  if (kind === 'ready') return { kind };
  if (kind === 'height' && typeof height === 'number' && Number.isFinite(height)) {
    return { kind, height: Math.min(MAX_HEIGHT, Math.max(MIN_HEIGHT, Math.ceil(height))) };
  }
  if (kind === 'failed' && typeof reason === 'string') return { kind, reason: reason.slice(0, MAX_REASON) };
  return null;
}
