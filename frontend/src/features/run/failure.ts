/** What went wrong in a run, for the analyst who reads it and the author who repairs it. */

import type { Run } from '@/api/types';
import { statusWord } from '@/lib/statuses';
import { t } from '@/texts';
import { withoutAnsi } from '@/components/outputs/ansi';
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

/** `null` for a run that did not go wrong. */
export function of(run: Pick<Run, 'status' | 'reason'>, state: RunState): Failure | null {
  const { status } = run;
  if (status !== 'failed' && status !== 'timed_out' && status !== 'lost') return null;
  const index = state.cells.findLastIndex((cell) => cell.state === 'error');
  const cell = state.cells[index] ?? null;
  const error = cell?.outputs.findLast((output) => output.kind === 'error');
  return {
    title: t(`run.failure.titles.${status}`),
    reason: run.reason,
    advice: t(`run.failure.advice.${status}`),
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
    t('run.report.run', { name: run.task_name, task: run.task, id: run.id, status: statusWord(run.status) }),
    failure.reason,
    address,
    parameters.length > 0 ? `${t('run.report.parameters')}\n${parameters.join('\n')}` : '',
    failure.cell ? `${t('run.report.cell', { number: failure.cell.number ?? '', title: failure.cellTitle })}\n${failure.cell.source}` : '',
    failure.traceback ? `${t('run.report.traceback')}\n${withoutAnsi(failure.traceback)}` : '',
    t('run.report.source', { hash: run.source_sha256 }),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}
