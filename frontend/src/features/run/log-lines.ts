/**
 * What a line of a run's log is, and which number it has: the rules of the server's log (`log_lines.py`), so that the
 * number of a line is the same whoever has counted. One file of examples, `tests/golden/log_lines.json`, holds both to it.
 *
 * Lines are numbered in the order in which they are complete, from 1; a line that is still being written has no number.
 */

import type { NotebookCell, NotebookOutput, RunEvent } from '@/api/events';
import { isFinal, type OpenLine } from '@/api/types';
import { joined } from '@/components/outputs/output';
import { counted, fixed } from './python-numbers';
import { Rows, type RowsDraft } from './rows';

/** Of a longer log the page reads the server's: see `LogTab`. */
export const MAX_LOG_ROWS = 20_000;
/** Longer lines are cut. */
export const MAX_LINE_CHARACTERS = 20_000;

export type LogRow = OpenLine;

export interface Log {
  /** Complete ones; the number of a line is its index and one. */
  readonly lines: Rows<LogRow>;
  /** What is being written, at most one line of each stream; the last one that was written to comes last. */
  readonly open: readonly LogRow[];
  /** By index, the number of each code cell and how it begins. */
  readonly headings: ReadonlyMap<number, string>;
  readonly attempt: number;
}

export const EMPTY_LOG: Log = { lines: Rows.empty(), open: [], headings: new Map(), attempt: 0 };

type Written = Pick<LogRow, 'source' | 'level'>;

const OUT: Written = { source: 'stdout', level: 'info' };
const ERR: Written = { source: 'stderr', level: 'warning' };
const BAD_ENDS: readonly string[] = ['failed', 'timed_out', 'lost'];

/** What is being written, as it is read: a `\r` at its end waits for what comes next. */
export function openRows(log: Log): LogRow[] {
  return log.open.map((row) => (row.text.includes('\r') ? { ...row, text: cut(rewritten(row.text)) } : row));
}

/** The lines of one batch of events, in order. */
export class LogDraft {
  private readonly lines: RowsDraft<LogRow>;
  private open: readonly LogRow[];
  private headings: ReadonlyMap<number, string>;
  private attempt: number;

  constructor(base: Log) {
    this.lines = base.lines.draft(MAX_LOG_ROWS);
    this.open = base.open;
    this.headings = base.headings;
    this.attempt = base.attempt;
  }

  finish(): Log {
    const { open, headings, attempt } = this;
    return { lines: this.lines.finish(), open, headings, attempt };
  }

  take(event: RunEvent): void {
    const { at } = event;
    if (event.attempt > this.attempt) {
      if (this.attempt > 0) {
        this.close();
        this.push(at, 'message', 'warning', `Attempt ${event.attempt}`);
      }
      this.attempt = event.attempt;
    }
    switch (event.type) {
      case 'message':
        this.whole(at, 'message', event.level, event.text);
        break;
      case 'stream':
        this.write(at, event.name, event.text);
        break;
      case 'notebook':
        this.headings = headingsOf(event.cells);
        break;
      case 'cell_started':
        this.close();
        this.whole(at, 'cell', 'info', `Cell ${this.heading(event.index)}`);
        break;
      case 'cell_finished': {
        this.close();
        const number = this.heading(event.index).split(':', 1)[0] ?? '';
        const level = event.status === 'error' ? 'error' : 'info';
        this.whole(at, 'cell', level, `Cell ${number} ${event.status} after ${fixed(event.seconds, 3)} s`);
        break;
      }
      case 'cell_output':
        this.cellOutput(at, event.output);
        break;
      case 'progress': {
        const total = event.total === null ? '' : ` of ${counted(event.total)}`;
        this.whole(at, 'progress', 'info', `${counted(event.current)}${total} ${event.text}`.trimEnd());
        break;
      }
      case 'output':
        this.whole(at, 'output', 'info', `Published ${event.kind} ${event.name}`);
        break;
      case 'status':
        if (isFinal(event.status)) this.close();
        this.whole(
          at,
          'status',
          BAD_ENDS.includes(event.status) ? 'error' : 'info',
          event.reason === '' ? event.status : `${event.status}: ${event.reason}`,
        );
        break;
      case 'cell_output_updated':
      case 'cell_cleared':
      case 'facts':
        break;
    }
  }

  private cellOutput(at: string, output: NotebookOutput) {
    switch (output.output_type) {
      case 'stream':
        this.write(at, output.name ?? 'stdout', joined(output.text));
        break;
      case 'error': {
        const traceback = (output.traceback ?? []).join('\n');
        this.whole(at, 'cell', 'error', traceback === '' ? `${output.ename ?? ''}: ${output.evalue ?? ''}` : traceback);
        break;
      }
      case 'display_data':
      case 'execute_result':
        this.whole(at, 'cell', 'info', plain(output.data ?? {}));
        break;
    }
  }

  /** A text that is complete in itself. */
  private whole(at: string, source: LogRow['source'], level: LogRow['level'], text: string) {
    if (!text.includes('\n')) {
      this.push(at, source, level, text);
      return;
    }
    const lines = text.replaceAll('\r\n', '\n').split('\n');
    // One trailing line end ends the last line, and begins none.
    if (lines.at(-1) === '') lines.pop();
    for (const line of lines) this.push(at, source, level, line);
  }

  private write(at: string, name: string, piece: string) {
    const { source, level } = name === 'stderr' ? ERR : OUT;
    const begun = this.open.find((line) => line.source === source);
    const lines = ((begun?.text ?? '') + piece).replaceAll('\r\n', '\n').split('\n');
    const rest = lines.pop() ?? '';
    let since = begun?.at ?? at;
    for (const line of lines) {
      this.push(since, source, level, line);
      since = at;
    }
    if (begun || rest !== '') {
      const others = this.open.filter((line) => line !== begun);
      // The last `\r` decides with the next piece: before a line end it is a part of it.
      const text = cut(rewritten(rest), '\r'.repeat(Number(rest.endsWith('\r'))));
      this.open = rest === '' ? others : [...others, { at: since, source, level, text }];
    }
  }

  /** What comes next begins in a new line. */
  private close() {
    for (const { at, source, level, text } of this.open) this.push(at, source, level, text);
    this.open = [];
  }

  private push(at: string, source: LogRow['source'], level: LogRow['level'], text: string) {
    this.lines.push({ at, source, level, text: cut(rewritten(text)) });
  }

  private heading(index: number): string {
    return this.headings.get(index) ?? String(index + 1);
  }
}

function plain(data: Record<string, unknown>): string {
  const text = data['text/plain'];
  if (text === undefined) return `(${Object.keys(data).join(', ')})`;
  return joined(text as string | string[]);
}

function headingsOf(cells: readonly NotebookCell[]): ReadonlyMap<number, string> {
  const code = cells.filter((cell) => cell.cell_type === 'code');
  return new Map(
    code.map(({ index, source }, position) => {
      const first = source.split('\n').find((line) => line.trim() !== '');
      return [index, first === undefined ? `${position + 1}` : `${position + 1}: ${first.trim()}`];
    }),
  );
}

/** What is left of a line that was rewritten with `\r`. */
function rewritten(line: string): string {
  if (!line.includes('\r')) return line;
  let end = line.length;
  while (line[end - 1] === '\r') end -= 1;
  return line.slice(line.lastIndexOf('\r', end - 1) + 1, end);
}

function cut(text: string, end = ''): string {
  if (text.length <= MAX_LINE_CHARACTERS) return text + end;
  // Characters, as Python counts them, are not what JavaScript counts.
  let characters = 0;
  let at = 0;
  let kept = 0;
  for (const character of text) {
    characters += 1;
    at += character.length;
    if (characters === MAX_LINE_CHARACTERS - 1) kept = at;
    if (characters > MAX_LINE_CHARACTERS) return `${text.slice(0, kept)}…${end}`;
  }
  return text + end;
}
