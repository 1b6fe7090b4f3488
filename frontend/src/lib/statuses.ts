/** The words for a run's status. */

import type { Run, RunStatus } from '@/api/types';
import { plural } from '@/lib/numbers';

export const STATUS_WORDS: Record<RunStatus, string> = {
  queued: 'Queued',
  running: 'Running',
  succeeded: 'Succeeded',
  failed: 'Failed',
  cancelled: 'Cancelled',
  timed_out: 'Timed out',
  lost: 'Lost',
};

export const STATUSES = Object.keys(STATUS_WORDS) as RunStatus[];

/** With what a status alone does not tell: that a running run is being stopped, that a good one logged errors. */
export function describeStatus(run: Pick<Run, 'status'> & Partial<Pick<Run, 'cancel_requested_at' | 'error_count'>>): string {
  const running = run.status === 'running' || run.status === 'queued';
  if (running && run.cancel_requested_at) return 'Stopping';
  if (run.status === 'succeeded' && run.error_count) return `Succeeded with ${plural(run.error_count, 'error')}`;
  return STATUS_WORDS[run.status];
}
