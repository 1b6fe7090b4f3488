import { useQuery } from '@tanstack/react-query';
import * as queries from '@/api/queries';
import type { Estimate, Run } from '@/api/types';
import type { RunStore } from './run-store';
import { useRunState } from './useRunEvents';

/** What the run usually takes; `undefined` until that is known. */
export function useEstimate(run: Run, store: RunStore): Estimate | undefined {
  const cellCount = useRunState(store, (state) => state.cells.length);
  const isWorthIt = run.status === 'running' || (run.kind === 'notebook' && cellCount > 0);
  // Where it cannot be had, the page says nothing of it.
  return useQuery({ ...queries.runEstimate(run.id, cellCount), enabled: isWorthIt }).data;
}
