export const statuses = {
  /** By itself, on a badge or in a list of choices. */
  names: {
    queued: 'Queued',
    running: 'Running',
    succeeded: 'Succeeded',
    failed: 'Failed',
    cancelled: 'Cancelled',
    timed_out: 'Timed out',
    lost: 'Lost',
  },
  /** Inside a sentence about a run. */
  words: {
    queued: 'queued',
    running: 'running',
    succeeded: 'succeeded',
    failed: 'failed',
    cancelled: 'cancelled',
    timed_out: 'timed out',
    lost: 'lost',
  },
  stopping: 'Stopping',
  withErrors_one: 'Succeeded with {{count, number}} error',
  withErrors_other: 'Succeeded with {{count, number}} errors',
} as const;
