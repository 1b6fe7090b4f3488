/** What went wrong in a run, for the analyst who reads it and the author who repairs it. */

import type { Run } from '@/api/types';
import { statusWord } from '@/lib/statuses';
import { t } from '@/texts';
import { withoutAnsi } from '@/components/outputs/ansi';
import * as cells from './cells';
import { kindOf, type FailureKind } from './failure-kind';
import { listed } from './parameters';
import type { Cell, RunState } from './run-state';

export interface Failure {
  kind: FailureKind;
  title: string;
  reason: string;
  /** What the reader can do about it. */
  advice: string;
  cell: Cell | null;
  cellTitle: string;
  /** The code cells that ran just before it, oldest first. */
  before: readonly Cell[];
  /** With ANSI colours. */
  traceback: string;
}

const MAX_TRACEBACK_LINES = 400;
const CELLS_BEFORE = 3;

export function hasFailed({ status }: Pick<Run, 'status'>): boolean {
  return status === 'failed' || status === 'timed_out' || status === 'lost';
}

/** `null` for a run that did not go wrong. */
export function of(run: Pick<Run, 'status' | 'reason'>, state: Pick<RunState, 'cells' | 'log'>): Failure | null {
  const { status } = run;
  if (status !== 'failed' && status !== 'timed_out' && status !== 'lost') return null;
  const index = state.cells.findLastIndex((cell) => cell.state === 'error' || (status !== 'failed' && cell.state === 'cancelled'));
  const cell = state.cells[index] ?? null;
  const error = cell?.outputs.findLast((output) => output.kind === 'error');
  const kind = kindOf({ status, reason: run.reason, name: error?.name ?? '', value: error?.value ?? '' });
  return {
    kind,
    title: t(`run.failure.titles.${kind}`),
    reason: run.reason,
    advice: t(`run.failure.advice.${kind}`),
    cell,
    cellTitle: cell ? cells.title(state.cells, index) : '',
    before: cell ? state.cells.slice(0, index).filter((other) => other.type === 'code').slice(-CELLS_BEFORE) : [],
    traceback: error?.traceback ?? (state.cells.length === 0 ? tracebackInLog(state) : ''),
  };
}

/** A script's traceback is the end of what it wrote to stderr. */
function tracebackInLog(state: Pick<RunState, 'log'>): string {
  const lines: string[] = [];
  const log = state.log.lines;
  for (let index = log.end - 1; index >= log.first && lines.length < MAX_TRACEBACK_LINES; index--) {
    const row = log.get(index);
    if (row?.source !== 'stderr') continue;
    lines.unshift(row.text);
    if (row.text.startsWith('Traceback (most recent call last)')) return lines.join('\n');
  }
  return '';
}

/** Everything an author needs, as text for a mail. */
export function report(run: Run, failure: Failure, facts: Readonly<Record<string, unknown>>, address: string): string {
  const parameters = listed(run).map(({ name, title }) => {
    const value = JSON.stringify(run.parameters[name]);
    return title === name ? `  ${name} = ${value}` : `  ${name} = ${value}  (${title})`;
  });
  const versions = Object.entries(facts).flatMap(([name, value]) => versionLines(name, value));
  const { cell, before } = failure;
  const sections = [
    t('run.report.run', { name: run.task_name, task: run.task, id: run.id, status: statusWord(run.status) }),
    failure.reason,
    address,
    section(t('run.report.parameters'), parameters.join('\n')),
    cell ? section(t('run.report.cell', { number: cell.number ?? '', title: failure.cellTitle }), cell.source) : '',
    section(t('run.report.traceback'), withoutAnsi(failure.traceback)),
    ...before.map((other) => section(t('run.report.before', { number: other.number ?? '' }), other.source)),
    section(t('run.report.versions'), versions.join('\n')),
    t('run.report.source', { hash: run.source_sha256 }),
  ];
  return `${sections.filter((one) => one !== '').join('\n\n')}\n`;
}

function section(heading: string, content: string): string {
  return content.trim() === '' ? '' : `${heading}\n${content}`;
}

/** Each package of a list of them on a line of its own. */
function versionLines(name: string, value: unknown): string[] {
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).map(([key, one]) => (Array.isArray(value) ? `  ${String(one)}` : `  ${key} ${String(one)}`));
  }
  return /version|platform|python|kernel|host/.test(name) ? [`  ${name} ${String(value)}`] : [];
}
