/** The words for a run's status. */

import type { Run, RunStatus } from '@/api/types';
import { t } from '@/texts';
import { english } from '@/texts/english';

export const STATUSES = Object.keys(english.statuses.names) as RunStatus[];

/** By itself: "Timed out" */
export function statusName(status: RunStatus): string {
  return t(`statuses.names.${status}`);
}

/** Inside a sentence: "timed out" */
export function statusWord(status: RunStatus): string {
  return t(`statuses.words.${status}`);
}

/** With what a status alone does not tell: that a running run is being stopped, that a good one logged errors. */
export function describeStatus(run: Pick<Run, 'status'> & Partial<Pick<Run, 'cancel_requested_at' | 'error_count'>>): string {
  const running = run.status === 'running' || run.status === 'queued';
  if (running && run.cancel_requested_at) return t('statuses.stopping');
  if (run.status === 'succeeded' && run.error_count) return t('statuses.withErrors', { count: run.error_count });
  return statusName(run.status);
}
