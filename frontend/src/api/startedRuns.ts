/** Runs that were started from this browser: told to whoever wants to follow them. */

import type { Run } from '@/api/types';

const listeners = new Set<(run: Run) => void>();

export function onStarted(listener: (run: Run) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Passes the run on. */
export function started(run: Run): Run {
  for (const listener of listeners) listener(run);
  return run;
}
