/** What a watcher of a run knows, and what a frame from the socket means to it. Pure. */

import type { EventFrame, RunEvent } from '@/api/events';

export interface WatchState {
  /** The last event this watcher has. Everything up to it was delivered, once. */
  readonly lastSeq: number;
  readonly ended: boolean;
  /** The `lastSeq` at which a hole was found and the server asked again; null when nothing is missing. */
  readonly askedAgainAt: number | null;
}

export type Decision =
  | { kind: 'deliver'; state: WatchState; events: RunEvent[]; leftOut: number }
  | { kind: 'ignore'; state: WatchState }
  /** Something between is missing: ask the server for everything after `state.lastSeq`. */
  | { kind: 'ask_again'; state: WatchState };

export function begin(after: number): WatchState {
  return { lastSeq: after, ended: false, askedAgainAt: null };
}

/**
 * Takes what is new in a frame, whole and in order; drops what is known; notices what is missing.
 *
 * The numbers of a run's events have no gaps, so a frame whose first event does not follow the last known one hides
 * something: it is dropped, and the server asked once for what is missing. Frames that were under way meanwhile are
 * dropped too, until the missing events come.
 */
export function receive(state: WatchState, frame: EventFrame): Decision {
  const events = frame.events.filter((event) => event.seq > state.lastSeq);
  const first = events[0];
  const leftOut = frame.left_out ?? 0;
  if (leftOut > 0 && frame.last_seq <= state.lastSeq) return { kind: 'ignore', state };
  const start = leftOut > 0 && frame.after !== undefined ? frame.after : first ? first.seq - 1 : frame.last_seq;
  if (start > state.lastSeq) {
    if (state.askedAgainAt === state.lastSeq) return { kind: 'ignore', state };
    return { kind: 'ask_again', state: { ...state, askedAgainAt: state.lastSeq } };
  }
  const ended = state.ended || frame.ended;
  if (events.length === 0 && leftOut === 0 && ended === state.ended) return { kind: 'ignore', state };
  const lastSeq = leftOut > 0 ? frame.last_seq : (events.at(-1)?.seq ?? state.lastSeq);
  return { kind: 'deliver', state: { lastSeq, ended, askedAgainAt: null }, events, leftOut };
}

/** The socket is new: whatever was asked on the old one is forgotten. */
export function reconnected(state: WatchState): WatchState {
  return { ...state, askedAgainAt: null };
}
