import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NotebookOutput, RunEvent } from '@/api/events';
import { MAX_STREAM, streamText, type DataOutput, type Output } from '@/components/outputs/output';
import * as watch from '@/api/watch';
import { MAX_LOG_ROWS, openRows } from './log-lines';
import { advance, INITIAL, MAX_BARS, MAX_EARLY, MAX_MESSAGES, MAX_OUTPUTS_OF_CELL, type RunState } from './run-state';

type Unstamped = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'seq' | 'at' | 'attempt'> : never) : never;

const AT = '2026-11-21T10:00:00.000Z';

function stamped(events: Unstamped[], attempt = 1, first = 1): RunEvent[] {
  return events.map((event, index) => ({ ...event, seq: first + index, at: AT, attempt }));
}

const message = (text: string, level: 'debug' | 'info' | 'warning' | 'error' = 'info'): Unstamped => ({
  type: 'message',
  level,
  text,
  source: 'task',
});
const stream = (text: string, name: 'stdout' | 'stderr' = 'stdout'): Unstamped => ({ type: 'stream', name, text });
const cells = (...sources: string[]): Unstamped => ({
  type: 'notebook',
  cells: sources.map((source, index) => ({
    index,
    id: `c${index}`,
    cell_type: source.startsWith('#') ? ('markdown' as const) : ('code' as const),
    source,
    tags: [],
  })),
});
const started = (index: number): Unstamped => ({ type: 'cell_started', index });
const finished = (index: number, status: 'ok' | 'error' | 'cancelled' = 'ok'): Unstamped => ({
  type: 'cell_finished',
  index,
  status,
  seconds: 0.5,
  execution_count: 1,
  cpu_seconds: null,
  peak_memory_bytes: null,
});
const output = (index: number, content: NotebookOutput, displayId: string | null = null): Unstamped => ({
  type: 'cell_output',
  index,
  output: content,
  display_id: displayId,
});
const text = (value: string, name: 'stdout' | 'stderr' = 'stdout'): NotebookOutput => ({
  output_type: 'stream',
  name,
  text: value,
});
const data = (value: string): NotebookOutput => ({
  output_type: 'display_data',
  data: { 'text/plain': value },
  metadata: {},
});

const after = (...events: Unstamped[]) => advance(INITIAL, stamped(events));
const outputsOf = (state: RunState, index: number): readonly Output[] => state.cells[index]?.outputs ?? [];
const log = (state: RunState) => state.log.lines.toArray().map((row) => `${row.source}: ${row.text}`);
const open = (state: RunState) => openRows(state.log).map((row) => `${row.source}: ${row.text}`);
const plain = (state: RunState) => ({
  ...state,
  messages: state.messages.toArray(),
  log: { ...state.log, lines: state.log.lines.toArray() },
});

describe('batches', () => {
  const anEvent: fc.Arbitrary<Unstamped> = fc.oneof(
    fc.constantFrom('a', 'b\nc').map((value) => message(value)),
    fc.record({
      type: fc.constant('progress' as const),
      id: fc.constantFrom('main', 'other'),
      current: fc.nat(9),
      total: fc.constantFrom(null, 9),
      text: fc.constant(''),
    }),
    fc
      .tuple(fc.constantFrom('x', 'y\n', '\rz', '\x1b[31mred', '\b'), fc.constantFrom('stdout' as const, 'stderr' as const))
      .map(([value, name]) => stream(value, name)),
    fc.nat(3).map(started),
    fc.nat(3).map((index) => finished(index)),
    fc
      .tuple(fc.nat(3), fc.constantFrom('x', 'y\n', '\rz'), fc.constantFrom('stdout' as const, 'stderr' as const))
      .map(([index, value, name]) => output(index, text(value, name))),
    fc
      .tuple(fc.nat(3), fc.string(), fc.constantFrom(null, 'd1', 'd2'))
      .map(([index, value, id]) => output(index, data(value), id)),
    fc
      .tuple(fc.constantFrom('d1', 'd2'), fc.string())
      .map(([id, value]) => ({ type: 'cell_output_updated' as const, display_id: id, output: data(value) })),
    fc.nat(3).map((index) => ({ type: 'cell_cleared' as const, index })),
    fc.constantFrom('t1', 't2').map((name) => ({
      type: 'output' as const,
      name,
      kind: 'value' as const,
      value: 1,
      file: null,
      size: null,
      rows: null,
      columns: null,
    })),
  );
  const aRun = fc
    .tuple(fc.array(anEvent, { maxLength: 60 }), fc.array(anEvent, { maxLength: 20 }))
    .map(([first, second]) => [
      ...stamped([cells('a', 'b', '# c', 'd'), ...first], 1),
      ...stamped(second, 2, first.length + 2),
    ]);

  test('of any size give the same state', () => {
    fc.assert(
      fc.property(aRun, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (events, sizes) => {
        let state = INITIAL;
        for (let at = 0, turn = 0; at < events.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          state = advance(state, events.slice(at, at + size));
          at += size;
        }
        expect(state).toEqual(advance(INITIAL, events));
      }),
    );
  });

  test('that repeat, overlap or are replayed change nothing', () => {
    fc.assert(
      fc.property(aRun, fc.nat(60), fc.nat(60), (events, from, to) => {
        const once = advance(INITIAL, events);
        expect(advance(once, events)).toBe(once);
        const part = advance(INITIAL, events.slice(0, to));
        expect(advance(part, [...events.slice(Math.min(from, to)), ...events])).toEqual(once);
      }),
    );
  });

  test('of a replay, a tail and any number of reconnections give the same state', () => {
    const stretch = fc.record({ back: fc.nat(80), length: fc.nat(40) });
    fc.assert(
      fc.property(aRun, fc.array(stretch, { maxLength: 12 }), (events, stretches) => {
        let state = INITIAL;
        // Each begins where the page is, or before it: what is sent again was under way when the connection broke.
        for (const { back, length } of stretches) {
          const from = Math.max(0, state.lastSeq - back);
          state = advance(state, events.slice(from, from + length));
        }
        state = advance(state, events.slice(state.lastSeq));
        expect(state).toEqual(advance(INITIAL, events));
      }),
    );
  });

  test('in any order, in which events are repeated too, give the same state', () => {
    const shuffled = aRun.chain((events) =>
      fc.record({
        events: fc.constant(events),
        order: fc.shuffledSubarray(events, { minLength: events.length }),
        again: fc.array(fc.constantFrom(...events), { maxLength: 30 }),
        sizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ events, order, again, sizes }) => {
        let state = INITIAL;
        // What is repeated comes between, before its turn and after it.
        const sent = order.flatMap((event, index) => [event, ...again.slice(index, index + 1)]);
        for (let at = 0, turn = 0; at < sent.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          state = advance(state, sent.slice(at, at + size));
          at += size;
        }
        expect(state).toEqual(advance(INITIAL, events));
      }),
    );
  });

  test('before whose turn too many others come are sent again, and then nothing is missing', () => {
    const events = stamped(Array.from({ length: 2 * MAX_EARLY }, (_, index) => message(`${index}`)));
    const waiting = advance(INITIAL, events.slice(1));
    expect([waiting.lastSeq, waiting.early.length]).toEqual([0, MAX_EARLY]);
    const first = advance(waiting, events.slice(0, 1));
    expect([first.lastSeq, first.early.length]).toEqual([MAX_EARLY + 1, 0]);
    expect(advance(first, events.slice(first.lastSeq))).toEqual(advance(INITIAL, events));
  });

  test('as the feed lets them through, of stretches in any order, give the same state', () => {
    const frame = (events: RunEvent[]) => ({ run_id: 1, events, last_seq: events.at(-1)?.seq ?? 0, ended: false });
    fc.assert(
      fc.property(aRun, fc.array(fc.tuple(fc.nat(80), fc.nat(40)), { maxLength: 20 }), (events, stretches) => {
        let watched = watch.begin(0);
        let state = INITIAL;
        const receive = (stretch: RunEvent[]) => {
          const decision = watch.receive(watched, frame(stretch));
          watched = decision.state;
          if (decision.kind === 'deliver') state = advance(state, decision.events);
          // The server's answer, after which anything may follow that was under way.
          if (decision.kind === 'ask_again') receive(events.slice(watched.lastSeq, watched.lastSeq + 10));
        };
        for (const [from, length] of stretches) if (from < events.length) receive(events.slice(from, from + length));
        expect(state.early).toEqual([]);
        receive(events.slice(watched.lastSeq));
        expect(state).toEqual(advance(INITIAL, events));
      }),
    );
  });

  test('of which lines of the log were left out leave no gap that anything waits for', () => {
    const events = stamped(Array.from({ length: 30 }, (_, index) => message(`${index}`)));
    const some = events.filter(({ seq }) => seq <= 20 && seq % 5 === 0);
    const state = advance(INITIAL, some.slice(0, -1), { count: 17, upTo: 20 });
    expect([state.lastSeq, state.leftOut, state.early]).toEqual([20, 17, []]);
    expect(advance(state, events).lastSeq).toBe(30);
    const together = advance(INITIAL, [...some, ...events.slice(20)], { count: 16, upTo: 20 });
    expect([together.lastSeq, together.leftOut, together.messages.length]).toEqual([30, 16, 14]);
  });

  test('leave earlier states as they were', () => {
    fc.assert(
      fc.property(aRun, fc.nat(60), (events, at) => {
        const early = advance(INITIAL, events.slice(0, at));
        const copy = structuredClone(plain(early));
        advance(early, events);
        expect(plain(early)).toEqual(copy);
      }),
    );
  });
});

test('types of a newer server are skipped', () => {
  const strange = { seq: 1, at: AT, attempt: 1, type: 'weather', sunny: true } as unknown as RunEvent;
  const inherited = { seq: 2, at: AT, attempt: 1, type: 'constructor' } as unknown as RunEvent;
  const state = advance(INITIAL, [strange, inherited, ...stamped([message('hello')], 1, 3)]);
  expect(state.lastSeq).toBe(3);
  expect(state.messages.length).toBe(1);
});

test('a message is one message and a row of the log for each of its lines', () => {
  const state = after(message('two\nlines', 'warning'));
  expect(state.messages.toArray()).toEqual([{ seq: 1, at: AT, level: 'warning', text: 'two\nlines', source: 'task' }]);
  expect(log(state)).toEqual(['message: two', 'message: lines']);
});

describe('progress', () => {
  const bar = (id: string, current: number): Unstamped => ({ type: 'progress', id, current, total: 10, text: 'Rows' });

  test('is kept by id, in order of first appearance', () => {
    const state = after(bar('b', 1), bar('a', 1), bar('b', 7));
    expect(state.bars.map(({ id, current }) => [id, current])).toEqual([
      ['b', 7],
      ['a', 1],
    ]);
  });

  test('is bounded', () => {
    const state = after(...Array.from({ length: MAX_BARS + 5 }, (_, index) => bar(`bar ${index}`, 1)));
    expect(state.bars).toHaveLength(MAX_BARS);
    expect(state.bars.at(-1)?.id).toBe(`bar ${MAX_BARS + 4}`);
  });
});

describe('the log', () => {
  test('holds back a bar that redraws itself until its line ends, while other lines follow', () => {
    const state = after(stream('\r 10%', 'stderr'), message('still here'), stream('\r 20%', 'stderr'), stream('out\n'));
    expect(log(state)).toEqual(['message: still here', 'stdout: out']);
    expect(open(state)).toEqual(['stderr:  20%']);
  });

  test('begins a new line for each cell', () => {
    const state = after(cells('a', 'b'), started(0), output(0, text('x')), finished(0), started(1), output(1, text('y')));
    expect(log(state)).toEqual(['cell: Cell 1: a', 'stdout: x', 'cell: Cell 1 ok after 0.500 s', 'cell: Cell 2: b']);
    expect(open(state)).toEqual(['stdout: y']);
  });

  test('forgets its oldest lines, and what is left keeps its numbers', () => {
    const state = after(stream('line\n'.repeat(MAX_LOG_ROWS + 5_000)));
    expect(state.log.lines.end).toBe(MAX_LOG_ROWS + 5_000);
    expect(state.log.lines.length).toBeLessThan(MAX_LOG_ROWS + 512);
  });
});

describe('a notebook', () => {
  test('has its cells waiting before they run, code cells numbered from 1', () => {
    const state = after(cells('# Title', 'a', 'b'));
    expect(state.cells.map(({ number, state: s }) => [number, s])).toEqual([
      [null, 'waiting'],
      [1, 'waiting'],
      [2, 'waiting'],
    ]);
  });

  test('knows the running cell and what became of the finished ones', () => {
    const state = after(cells('a', 'b'), started(0), finished(0), started(1));
    expect(state.running).toBe(1);
    expect(state.cells.map((cell) => cell.state)).toEqual(['ok', 'running']);
    expect(state.cells[0]?.seconds).toBe(0.5);
  });

  test('joins streams of one name and keeps others apart', () => {
    const state = after(
      cells('a'),
      started(0),
      output(0, text('one\nt')),
      output(0, text('wo\rT')),
      output(0, text('bad', 'stderr')),
      output(0, text('three')),
    );
    expect(
      outputsOf(state, 0).map((one) => (one.kind === 'stream' ? [one.name, streamText(one)] : one.kind)),
    ).toEqual([
      ['stdout', 'one\nTwo'],
      ['stderr', 'bad'],
      ['stdout', 'three'],
    ]);
  });

  test('keeps the end of an endless stream', () => {
    const line = `${'x'.repeat(99)}\n`;
    const state = after(cells('a'), started(0), output(0, text(line.repeat(20_000))));
    const [only] = outputsOf(state, 0);
    if (only?.kind !== 'stream') throw new Error('no stream');
    expect(streamText(only).length).toBeLessThan(MAX_STREAM + 20_000);
    expect(streamText(only).length + only.forgotten).toBe(2_000_000);
  });

  test('bounds the outputs of a cell and says how many are gone', () => {
    const many = Array.from({ length: MAX_OUTPUTS_OF_CELL + 3 }, (_, index) => output(0, data(`${index}`)));
    const state = after(cells('a'), started(0), ...many);
    expect(outputsOf(state, 0)).toHaveLength(MAX_OUTPUTS_OF_CELL);
    expect(state.cells[0]?.forgotten).toBe(3);
  });

  test('replaces every output with the display id, in whichever cell, and keeps its place', () => {
    const state = after(
      cells('a', 'b'),
      output(0, data('old'), 'd'),
      output(0, data('other')),
      output(1, data('old'), 'd'),
      { type: 'cell_output_updated', display_id: 'd', output: data('new') },
    );
    const plain = (index: number) => outputsOf(state, index).map((one) => (one as DataOutput).data['text/plain']);
    expect(plain(0)).toEqual(['new', 'other']);
    expect(plain(1)).toEqual(['new']);
  });

  test('drops what was cleared', () => {
    const state = after(cells('a'), output(0, text('one')), { type: 'cell_cleared', index: 0 }, output(0, text('two')));
    expect(outputsOf(state, 0)).toHaveLength(1);
  });

  test('joins text that nbformat stores as lines, and leaves JSON alone', () => {
    const state = after(
      cells('a'),
      output(0, {
        output_type: 'display_data',
        data: { 'text/html': ['<b>', 'x</b>'], 'application/json': ['a', 'b'] },
        metadata: {},
      }),
    );
    expect((outputsOf(state, 0)[0] as DataOutput).data).toEqual({
      'text/html': '<b>x</b>',
      'application/json': ['a', 'b'],
    });
  });

  test('keeps an error with its traceback, which is in the log too', () => {
    const state = after(
      cells('a'),
      started(0),
      output(0, { output_type: 'error', ename: 'ValueError', evalue: 'no year', traceback: ['Traceback', 'ValueError: no year'] }),
      finished(0, 'error'),
    );
    expect(outputsOf(state, 0)[0]).toMatchObject({ kind: 'error', name: 'ValueError', value: 'no year' });
    expect(log(state).slice(1, 3)).toEqual(['cell: Traceback', 'cell: ValueError: no year']);
    expect(state.cells[0]?.state).toBe('error');
  });

  test('whose kernel died leaves no cell running', () => {
    const failed = after(cells('a', 'b'), started(0), { type: 'status', status: 'failed', reason: 'The kernel died' });
    expect(failed.cells.map((cell) => cell.state)).toEqual(['error', 'waiting']);
    expect(failed.running).toBeNull();
    const cancelled = after(cells('a'), started(0), { type: 'status', status: 'cancelled', reason: '' });
    expect(cancelled.cells[0]?.state).toBe('cancelled');
  });
});

test('a second attempt begins anew, and the messages of the first stay', () => {
  const first = stamped([cells('a'), started(0), output(0, text('x')), message('first')], 1);
  const second = stamped([cells('a'), message('second')], 2, 5);
  const state = advance(INITIAL, [...first, ...second]);
  expect(state.messages.toArray().map((row) => row.text)).toEqual(['first', 'Attempt 2', 'second']);
  expect(outputsOf(state, 0)).toEqual([]);
  expect(state.attempt).toBe(2);
});

describe('a run that is tried again', () => {
  const failed: Unstamped[] = [
    cells('a'),
    started(0),
    { type: 'status', status: 'failed', reason: 'no data' },
    { type: 'status', status: 'queued', reason: 'Attempt 1 of 3 failed: no data; next attempt in 10 s.' },
  ];

  test('is queued, no cell runs, and a message says why', () => {
    const state = after(...failed);
    expect([state.status, state.running, state.cells[0]?.state]).toEqual(['queued', null, 'error']);
    expect(state.messages.toArray().map((row) => [row.level, row.source, row.text])).toEqual([
      ['warning', 'taskdeck', 'Attempt 1 of 3 failed: no data; next attempt in 10 s.'],
    ]);
  });

  test('forgets how the first attempt ended when the next one begins', () => {
    const state = advance(after(...failed), stamped([cells('a'), started(0)], 2, 5));
    expect([state.status, state.reason, state.attempt, state.running]).toEqual([null, '', 2, 0]);
  });
});

test('a cell that has ended says what it took, if the run knows', () => {
  const ended = { ...finished(0), cpu_seconds: 1.5, peak_memory_bytes: 2048 } as Unstamped;
  expect(after(cells('a'), started(0), ended).cells[0]).toMatchObject({ cpuSeconds: 1.5, peakMemory: 2048 });
  const old = { type: 'cell_finished', index: 0, status: 'ok', seconds: 1, execution_count: 1 } as Unstamped;
  expect(after(cells('a'), started(0), old).cells[0]).toMatchObject({ cpuSeconds: null, peakMemory: null });
});

test('a result that is published again replaces the first', () => {
  const publish = (value: number): Unstamped => ({
    type: 'output', name: 'cases', kind: 'value', value, file: null, size: null, rows: null, columns: null,
  });
  expect(after(publish(1), publish(2)).outputs.map((one) => one.value)).toEqual([2]);
});

test('later facts add to earlier ones', () => {
  const state = after({ type: 'facts', facts: { python: '3.11', kernel: 'a' } }, { type: 'facts', facts: { kernel: 'b' } });
  expect(state.facts).toEqual({ python: '3.11', kernel: 'b' });
});

test('100,000 messages, a few at a time, take far less than a second', () => {
  const events = stamped(Array.from({ length: 100_000 }, (_, index) => message(`Message ${index}`)));
  const begin = performance.now();
  let state = INITIAL;
  for (let at = 0; at < events.length; at += 10) state = advance(state, events.slice(at, at + 10));
  const milliseconds = performance.now() - begin;
  expect(state.messages.end).toBe(100_000);
  expect(state.messages.length).toBeLessThan(MAX_MESSAGES + 512);
  expect(state.messages.get(99_999)?.text).toBe('Message 99999');
  // Copying the list for each batch would take minutes; this leaves room for a busy machine.
  expect(milliseconds).toBeLessThan(3_000);
});
