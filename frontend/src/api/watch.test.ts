import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventFrame, RunEvent } from '@/api/events';
import { begin, receive, reconnected, type WatchState } from '@/api/watch';

function message(seq: number): RunEvent {
  return { type: 'message', seq, at: '2026-11-21T10:00:00.000Z', attempt: 1, level: 'info', text: `line ${seq}`, source: 'task' };
}

function frame(from: number, to: number, ended = false): EventFrame {
  const events = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => message(from + index));
  return { run_id: 1, events, last_seq: to, ended };
}

const seqs = (events: RunEvent[]) => events.map((event) => event.seq);

describe('a frame', () => {
  test('that follows what is known is delivered whole', () => {
    const decision = receive(begin(2), frame(3, 5));
    expect(decision).toEqual({
      kind: 'deliver',
      events: frame(3, 5).events,
      leftOut: 0,
      state: { lastSeq: 5, ended: false, askedAgainAt: null },
    });
  });

  test('that is known already is ignored', () => {
    expect(receive(begin(5), frame(3, 5)).kind).toBe('ignore');
  });

  test('that overlaps what is known delivers only what is new', () => {
    const decision = receive(begin(4), frame(3, 6));
    expect(decision.kind === 'deliver' && seqs(decision.events)).toEqual([5, 6]);
  });

  test('after a hole makes the server be asked again, from the last known event', () => {
    const decision = receive(begin(2), frame(4, 5));
    expect(decision).toEqual({ kind: 'ask_again', state: { lastSeq: 2, ended: false, askedAgainAt: 2 } });
  });

  test('after a hole that was asked about is dropped until the missing ones come', () => {
    const asked = receive(begin(2), frame(4, 5)).state;
    expect(receive(asked, frame(6, 6))).toEqual({ kind: 'ignore', state: asked });
    const filled = receive(asked, frame(3, 6));
    expect(filled.kind === 'deliver' && seqs(filled.events)).toEqual([3, 4, 5, 6]);
    expect(filled.state.askedAgainAt).toBeNull();
  });

  test('without events that names a later last event hides something too', () => {
    expect(receive(begin(2), { run_id: 1, events: [], last_seq: 4, ended: true }).kind).toBe('ask_again');
  });

  test('without events tells that the run has ended, once', () => {
    const ending: EventFrame = { run_id: 1, events: [], last_seq: 2, ended: true };
    const decision = receive(begin(2), ending);
    expect(decision).toMatchObject({ kind: 'deliver', events: [], state: { lastSeq: 2, ended: true } });
    expect(receive(decision.state, ending).kind).toBe('ignore');
  });
});

describe('a frame that leaves something out', () => {
  const outline: EventFrame = { run_id: 1, after: 0, events: [message(3)], last_seq: 80, left_out: 79, ended: false };

  test('is no hole: what follows begins after all of it', () => {
    const decision = receive(begin(0), outline);
    expect(decision).toMatchObject({ kind: 'deliver', leftOut: 79, state: { lastSeq: 80, askedAgainAt: null } });
    expect(receive(decision.state, frame(81, 82))).toMatchObject({ kind: 'deliver', leftOut: 0, state: { lastSeq: 82 } });
  });

  test('may hold nothing but what it leaves out', () => {
    const empty: EventFrame = { run_id: 1, after: 80, events: [], last_seq: 90, left_out: 10, ended: false };
    expect(receive(begin(80), empty)).toMatchObject({ kind: 'deliver', leftOut: 10, state: { lastSeq: 90 } });
    expect(receive(begin(70), empty).kind).toBe('ask_again');
  });

  test('that is known already is ignored', () => {
    expect(receive(begin(80), outline).kind).toBe('ignore');
  });
});

test('after a reconnection a hole is asked about anew', () => {
  const asked = receive(begin(2), frame(4, 5)).state;
  expect(receive(reconnected(asked), frame(4, 5)).kind).toBe('ask_again');
});

test('whatever is lost, repeated or cut off, every event is delivered once and in order', () => {
  const disturbance = fc.constantFrom('send', 'lose', 'repeat', 'disconnect');
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.array(fc.tuple(disturbance, fc.integer({ min: 1, max: 7 }))), (total, steps) => {
      let state: WatchState = begin(0);
      const delivered: number[] = [];
      let sent = 0;
      const give = (from: number, to: number) => {
        const decision = receive(state, frame(from, to, to === total));
        state = decision.state;
        if (decision.kind === 'deliver') delivered.push(...seqs(decision.events));
        // The server takes a new watch for what it says: it goes on from there.
        if (decision.kind === 'ask_again') sent = state.lastSeq;
      };
      for (const [kind, size] of steps) {
        const to = Math.min(total, sent + size);
        if (kind === 'disconnect') {
          state = reconnected(state);
          sent = state.lastSeq;
        } else if (to > sent) {
          const from = sent + 1;
          sent = to;
          if (kind !== 'lose') give(from, to);
          if (kind === 'repeat') give(from, to);
        }
      }
      // In the end the connection is good, and made anew.
      state = reconnected(state);
      if (state.lastSeq < total) give(state.lastSeq + 1, total);
      expect(delivered).toEqual(Array.from({ length: total }, (_, index) => index + 1));
      expect(state.ended).toBe(true);
    }),
  );
});
