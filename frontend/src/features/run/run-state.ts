/**
 * What a run has shown so far: a pure reducer over its events.
 *
 * `advance` takes the events in batches of any size; the same events give the same state however they were
 * batched, repeated or replayed. A batch costs what it touches, not what came before it, and every list is bounded.
 */

import type { CellOutputEvent, NotebookCell, NotebookOutput, RunEvent, StatusEvent } from '@/api/events';
import { isFinal, type RunOutput, type RunStatus } from '@/api/types';
import { begun, continued, dataOf, errorOf, joined, type Output } from '@/components/outputs/output';
import { EMPTY_LOG, LogDraft, type Log } from './log-lines';
import { Rows, type RowsDraft } from './rows';

/** As many as are sent of a long run: what is older is in the log. */
export const MAX_MESSAGES = 20_000;
/** Events that came before their turn. */
export const MAX_EARLY = 1_000;
export const MAX_BARS = 50;
export const MAX_PUBLISHED = 1_000;
export const MAX_OUTPUTS_OF_CELL = 500;

export type Level = 'debug' | 'info' | 'warning' | 'error';

export interface MessageRow {
  readonly seq: number;
  readonly at: string;
  readonly level: Level;
  readonly text: string;
  readonly source: 'task' | 'taskdeck';
}

export interface ProgressBar {
  readonly id: string;
  readonly current: number;
  readonly total: number | null;
  readonly text: string;
  readonly startedAt: string;
  readonly at: string;
}

export type CellState = 'waiting' | 'running' | 'ok' | 'error' | 'cancelled';

export interface Cell {
  readonly index: number;
  readonly id: string;
  readonly type: 'code' | 'markdown' | 'raw';
  readonly source: string;
  readonly tags: readonly string[];
  /** Position among the code cells, from 1; `null` for text. */
  readonly number: number | null;
  readonly state: CellState;
  readonly startedAt: string | null;
  readonly seconds: number | null;
  readonly cpuSeconds: number | null;
  readonly peakMemory: number | null;
  readonly executionCount: number | null;
  readonly outputs: readonly Output[];
  /** Outputs that are not kept. */
  readonly forgotten: number;
}

/** So many events up to `upTo` were not sent: they are lines of a long log, and nothing else. */
export interface LeftOut {
  readonly count: number;
  readonly upTo: number;
}

export interface RunState {
  /** Everything up to this event has been taken. */
  readonly lastSeq: number;
  /** Events that came before their turn, in order: one before them is missing. */
  readonly early: readonly RunEvent[];
  /** Events that were not sent: lines of a long log, and nothing else. */
  readonly leftOut: number;
  readonly attempt: number;
  /** `null` until an event tells it; the run itself may know more. */
  readonly status: RunStatus | null;
  readonly reason: string;
  readonly messages: Rows<MessageRow>;
  /** In the order of their first appearance. */
  readonly bars: readonly ProgressBar[];
  readonly cells: readonly Cell[];
  /** Index of the running cell. */
  readonly running: number | null;
  readonly log: Log;
  readonly outputs: readonly RunOutput[];
  /** What the runner told about itself. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Which cells hold an output of a display id. */
  readonly displays: ReadonlyMap<string, readonly number[]>;
}

export const INITIAL: RunState = {
  lastSeq: 0,
  early: [],
  leftOut: 0,
  attempt: 0,
  status: null,
  reason: '',
  messages: Rows.empty(),
  bars: [],
  cells: [],
  running: null,
  log: EMPTY_LOG,
  outputs: [],
  facts: {},
  displays: new Map(),
};

/**
 * Events up to `state.lastSeq` are known and skipped; types this version doesn't know are skipped too. What comes
 * before its turn waits for what is missing; if too much waits, the last ones have to be sent again, as everything
 * after `lastSeq` is after a reconnection.
 */
export function advance(state: RunState, events: readonly RunEvent[], leftOut: LeftOut | null = null): RunState {
  const upTo = leftOut?.upTo ?? 0;
  const fresh = inOrder(state, events);
  if (fresh === state.early && !leftOut) return state;
  let lastSeq = state.lastSeq;
  let ready = 0;
  for (const { seq } of fresh) {
    // Gaps up to there are what was left out; any other one will be filled.
    if (seq > upTo) {
      lastSeq = Math.max(lastSeq, upTo);
      if (seq > lastSeq + 1) break;
    }
    lastSeq = seq;
    ready += 1;
  }
  const draft = new Draft({ ...state, leftOut: state.leftOut + (leftOut?.count ?? 0) });
  for (const event of ready === fresh.length ? fresh : fresh.slice(0, ready)) draft.take(event);
  return draft.finish(Math.max(lastSeq, upTo), fresh.slice(ready, ready + MAX_EARLY));
}

/** What is new, and what waited for it: each event once, in order. */
function inOrder(state: RunState, events: readonly RunEvent[]): readonly RunEvent[] {
  let before = state.lastSeq;
  let isSorted = state.early.length === 0;
  const fresh: RunEvent[] = [];
  for (const event of events) {
    if (event.seq <= state.lastSeq) continue;
    fresh.push(event);
    isSorted &&= event.seq > before;
    before = event.seq;
  }
  if (fresh.length === 0) return state.early;
  if (isSorted) return fresh;
  const bySeq = new Map([...state.early, ...fresh].map((event) => [event.seq, event]));
  return [...bySeq.values()].sort((one, other) => one.seq - other.seq);
}

const KNOWN: Record<RunEvent['type'], true> = {
  message: true,
  progress: true,
  stream: true,
  notebook: true,
  cell_started: true,
  cell_output: true,
  cell_output_updated: true,
  cell_cleared: true,
  cell_finished: true,
  output: true,
  facts: true,
  status: true,
};

function assertNever(event: never): never {
  throw new Error(`An event of a type that nobody handles: ${JSON.stringify(event)}`);
}

/** One batch in the making: what it touches is copied once. */
class Draft {
  private state: { -readonly [K in keyof RunState]: RunState[K] };
  private readonly messages: RowsDraft<MessageRow>;
  private readonly log: LogDraft;
  private cells: Cell[] | null = null;
  private readonly ownOutputs = new Map<number, Output[]>();
  private bars: Map<string, ProgressBar> | null = null;
  private displays: Map<string, readonly number[]> | null = null;

  constructor(base: RunState) {
    this.state = { ...base };
    this.messages = base.messages.draft(MAX_MESSAGES);
    this.log = new LogDraft(base.log);
  }

  finish(lastSeq: number, early: readonly RunEvent[]): RunState {
    return {
      ...this.state,
      lastSeq,
      early,
      messages: this.messages.finish(),
      log: this.log.finish(),
      ...(this.cells && { cells: this.cells }),
      ...(this.bars && { bars: [...this.bars.values()] }),
      ...(this.displays && { displays: this.displays }),
    };
  }

  take(event: RunEvent): void {
    this.log.take(event);
    if (event.attempt > this.state.attempt) this.beginAttempt(event.attempt, event.seq, event.at);
    if (!Object.hasOwn(KNOWN, event.type)) return;
    switch (event.type) {
      case 'message':
        this.message(event);
        break;
      case 'progress':
        this.progress(event.id, event.current, event.total, event.text, event.at);
        break;
      case 'notebook':
        this.notebook(event.cells);
        break;
      case 'cell_started':
        this.cellStarted(event.index, event.at);
        break;
      case 'cell_output':
        this.cellOutput(event);
        break;
      case 'cell_output_updated':
        this.updateDisplay(event.display_id, event.output);
        break;
      case 'cell_cleared':
        this.outputsOf(event.index).length = 0;
        this.patch(event.index, { forgotten: 0 });
        break;
      case 'cell_finished':
        this.patch(event.index, {
          state: event.status,
          seconds: event.seconds,
          // Runs of earlier versions lack them.
          cpuSeconds: event.cpu_seconds ?? null,
          peakMemory: event.peak_memory_bytes ?? null,
          executionCount: event.execution_count ?? null,
        });
        if (this.state.running === event.index) this.state.running = null;
        break;
      case 'output': {
        const { name, kind, value, file, size, rows, columns } = event;
        const others = this.state.outputs.filter((other) => other.name !== name);
        this.state.outputs = [...others, { name, kind, value, file, size, rows, columns }].slice(-MAX_PUBLISHED);
        break;
      }
      case 'facts':
        this.state.facts = { ...this.state.facts, ...event.facts };
        break;
      case 'status':
        this.status(event);
        break;
      case 'stream':
        // In the log alone.
        break;
      default:
        assertNever(event);
    }
  }

  private beginAttempt(attempt: number, seq: number, at: string) {
    if (this.state.attempt > 0) {
      this.message({ seq, at, level: 'warning', text: `Attempt ${attempt}`, source: 'taskdeck' });
      this.bars = new Map();
      this.state.outputs = [];
      this.state.status = null;
      this.state.reason = '';
      this.notebook([]);
    }
    this.state.attempt = attempt;
  }

  private message({ seq, at, level, text, source }: MessageRow) {
    this.messages.push({ seq, at, level, text, source });
  }

  private progress(id: string, current: number, total: number | null, text: string, at: string) {
    const bars = (this.bars ??= new Map(this.state.bars.map((bar) => [bar.id, bar])));
    bars.set(id, { id, current, total, text, at, startedAt: bars.get(id)?.startedAt ?? at });
    if (bars.size > MAX_BARS) {
      const oldest = bars.keys().next().value;
      if (oldest !== undefined) bars.delete(oldest);
    }
  }

  private notebook(cells: readonly NotebookCell[]) {
    let number = 0;
    this.cells = cells.map((cell) => ({
      index: cell.index,
      id: cell.id,
      type: cell.cell_type,
      source: cell.source,
      tags: cell.tags,
      number: cell.cell_type === 'code' ? ++number : null,
      state: 'waiting',
      startedAt: null,
      seconds: null,
      cpuSeconds: null,
      peakMemory: null,
      executionCount: null,
      outputs: [],
      forgotten: 0,
    }));
    this.ownOutputs.clear();
    this.displays = new Map();
    this.state.running = null;
  }

  private cellStarted(index: number, at: string) {
    this.patch(index, { state: 'running', startedAt: at });
    this.state.running = index;
  }

  private cellOutput({ index, output, display_id: displayId, seq }: CellOutputEvent) {
    switch (output.output_type) {
      case 'stream': {
        const name = output.name ?? 'stdout';
        const text = joined(output.text);
        const outputs = this.outputsOf(index);
        const last = outputs.at(-1);
        if (last?.kind === 'stream' && last.name === name) outputs[outputs.length - 1] = continued(last, text);
        else this.addOutput(index, begun(seq, name, text));
        break;
      }
      case 'error':
        this.addOutput(index, errorOf(seq, output));
        break;
      case 'display_data':
      case 'execute_result':
        this.addOutput(index, dataOf(seq, output, displayId));
        if (displayId !== null) {
          const displays = (this.displays ??= new Map(this.state.displays));
          const cells = displays.get(displayId) ?? [];
          if (!cells.includes(index)) displays.set(displayId, [...cells, index]);
        }
        break;
    }
  }

  private updateDisplay(displayId: string, output: NotebookOutput) {
    for (const index of (this.displays ?? this.state.displays).get(displayId) ?? []) {
      const outputs = this.outputsOf(index);
      outputs.forEach((known, position) => {
        if (known.kind === 'data' && known.displayId === displayId) {
          const { data, metadata } = dataOf(known.key, output, displayId);
          outputs[position] = { ...known, data, metadata };
        }
      });
    }
  }

  private status({ status, reason, seq, at }: StatusEvent) {
    this.state.status = status;
    this.state.reason = reason;
    // Why there will be another attempt stands between the messages of the two.
    if (status === 'queued') this.message({ seq, at, level: 'warning', text: reason, source: 'taskdeck' });
    if (!isFinal(status)) return;
    const { running } = this.state;
    // A kernel that died or was killed never told how its cell ended.
    if (running !== null) this.patch(running, { state: status === 'failed' ? 'error' : 'cancelled' });
    this.state.running = null;
  }

  private addOutput(index: number, output: Output) {
    const outputs = this.outputsOf(index);
    outputs.push(output);
    if (outputs.length > MAX_OUTPUTS_OF_CELL) {
      outputs.shift();
      this.patch(index, { forgotten: (this.cell(index)?.forgotten ?? 0) + 1 });
    }
  }

  private cell(index: number): Cell | undefined {
    return (this.cells ?? this.state.cells)[index];
  }

  private patch(index: number, change: Partial<Cell>) {
    const cells = (this.cells ??= this.state.cells.slice());
    const cell = cells[index];
    if (cell) cells[index] = { ...cell, ...change };
  }

  /** The outputs of a cell, to be changed in place for the rest of this batch. */
  private outputsOf(index: number): Output[] {
    const own = this.ownOutputs.get(index);
    if (own) return own;
    const outputs = this.cell(index)?.outputs.slice() ?? [];
    this.ownOutputs.set(index, outputs);
    this.patch(index, { outputs });
    return outputs;
  }
}
