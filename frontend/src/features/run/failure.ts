/** What went wrong in a run, for the analyst who reads it and the author who repairs it. */

import type { Run } from '@/api/types';
import { STATUS_WORDS } from '@/lib/statuses';
import { withoutAnsi } from './ansi';
import * as cells from './cells';
import type { Cell, RunState } from './run-state';

export interface Failure {
  title: string;
  reason: string;
  /** What the reader can do about it. */
  advice: string;
  cell: Cell | null;
  cellTitle: string;
  /** With ANSI colours. */
  traceback: string;
}

const MAX_TRACEBACK_LINES = 400;

const TITLES: Partial<Record<Run['status'], string>> = {
  failed: 'The task failed',
  timed_out: 'The task took too long and was stopped',
  lost: 'The run was lost',
};

const ADVICE: Partial<Record<Run['status'], string>> = {
  failed: 'If the message does not tell you what to change, copy the details for the author of the task.',
  timed_out: 'Run it again when the source is less busy, or ask the author for a longer time limit.',
  lost: 'Its process ended without saying how, for instance because the machine was switched off. What it did before may be done. Run it again if the task allows that.',
};

/** `null` for a run that did not go wrong. */
export function of(run: Pick<Run, 'status' | 'reason'>, state: RunState): Failure | null {
  const title = TITLES[run.status];
  if (title === undefined) return null;
  const index = state.cells.findLastIndex((cell) => cell.state === 'error');
  const cell = state.cells[index] ?? null;
  const error = cell?.outputs.findLast((output) => output.kind === 'error');
  return {
    title,
    reason: run.reason,
    advice: ADVICE[run.status] ?? '',
    cell,
    cellTitle: cell ? cells.title(state.cells, index) : '',
    traceback: error?.traceback ?? (state.cells.length === 0 ? tracebackInLog(state) : ''),
  };
}

/** A script's traceback is the end of what it wrote to stderr. */
function tracebackInLog(state: RunState): string {
  const lines: string[] = [];
  for (let index = state.log.end - 1; index >= state.log.first && lines.length < MAX_TRACEBACK_LINES; index--) {
    const row = state.log.get(index);
    if (row?.source !== 'stderr') continue;
    lines.unshift(row.text);
    if (row.text.startsWith('Traceback (most recent call last)')) return lines.join('\n');
  }
  return '';
}

/** Everything an author needs, as text for a mail. */
export function report(run: Run, failure: Failure, address: string): string {
  const parameters = Object.entries(run.parameters).map(([name, value]) => `  ${name} = ${JSON.stringify(value)}`);
  const sections = [
    `${run.task_name} (${run.task}), run ${run.id}: ${STATUS_WORDS[run.status].toLowerCase()}`,
    failure.reason,
    address,
    parameters.length > 0 ? `Parameters:\n${parameters.join('\n')}` : '',
    failure.cell ? `Cell ${failure.cell.number ?? ''} (${failure.cellTitle}):\n${failure.cell.source}` : '',
    failure.traceback ? `Traceback:\n${withoutAnsi(failure.traceback)}` : '',
    `Source: ${run.source_sha256}`,
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}
