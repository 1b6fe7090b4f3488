/** Keeps the state of a run outside React: events are gathered and taken once per frame. */

import type { RunEvent } from '@/api/events';
import { advance, INITIAL, type LeftOut, type RunState } from './run-state';

/** A hidden page gets no animation frames, but its run goes on. */
const HIDDEN_FLUSH_MS = 250;
/** Drawing takes at most a third of the time: the rest is for whoever clicks and scrolls. */
const PAUSE_PER_COST = 2;
const FRAME_MS = 16;

export interface RunStore {
  get: () => RunState;
  subscribe: (listener: () => void) => () => void;
  push: (events: readonly RunEvent[], leftOut?: LeftOut | null) => void;
  /** Takes what is waiting now. */
  flush: () => void;
  /** Forgets what is waiting; whoever watches the run again begins after `get().lastSeq`. */
  close: () => void;
}

export function createRunStore(): RunStore {
  let state = INITIAL;
  let waiting: RunEvent[] = [];
  let leftOut: LeftOut | null = null;
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let notBefore = 0;
  const listeners = new Set<() => void>();

  const cancel = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    frame = 0;
    timer = undefined;
  };
  const flush = () => {
    cancel();
    const events = waiting;
    waiting = [];
    const next = advance(state, events, leftOut);
    leftOut = null;
    if (next === state) return;
    state = next;
    const begin = performance.now();
    for (const listener of listeners) listener();
    // The listeners draw in a microtask; this comes after it.
    setTimeout(() => {
      const end = performance.now();
      notBefore = end + Math.min(HIDDEN_FLUSH_MS, PAUSE_PER_COST * (end - begin));
    });
  };

  return {
    get: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    push: (events, more = null) => {
      if (more) leftOut = { count: (leftOut?.count ?? 0) + more.count, upTo: Math.max(leftOut?.upTo ?? 0, more.upTo) };
      // No spreading into push(): a replay may bring more events than a call takes arguments.
      for (const event of events) waiting.push(event);
      if ((waiting.length === 0 && !leftOut) || timer !== undefined) return;
      const pause = notBefore - performance.now();
      if (pause > FRAME_MS) {
        timer = setTimeout(flush, pause);
        return;
      }
      if (!document.hidden) frame = requestAnimationFrame(flush);
      // Also when the page is visible: a page that is hidden before its next frame would wait for ever.
      timer = setTimeout(flush, HIDDEN_FLUSH_MS);
    },
    flush,
    close: () => {
      cancel();
      waiting = [];
      leftOut = null;
    },
  };
}
