import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { watchRun } from '@/api/live';
import { isFinal, type Run } from '@/api/types';
import type { RunState } from './run-state';
import { createRunStore, type RunStore } from './run-store';

/** Everything that happens in a run, for as long as the page shows it. */
export function useRunEvents(runId: number): { store: RunStore; problem: string } {
  const queryClient = useQueryClient();
  const [store] = useState(createRunStore);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    const stop = watchRun(
      runId,
      store.get().lastSeq,
      (events, { lastSeq, ended, leftOut }) => {
        store.push(events, leftOut > 0 ? { count: leftOut, upTo: lastSeq } : null);
        // Its times, outputs and facts are final now as well.
        if (ended) void queryClient.invalidateQueries({ queryKey: ['run', runId], exact: true });
      },
      setProblem,
    );
    return () => {
      stop();
      store.close();
    };
  }, [runId, store, queryClient]);
  return { store, problem };
}

/** A part of the state; the component is drawn anew when that part changes. */
export function useRunState<T>(store: RunStore, part: (state: RunState) => T): T {
  return useSyncExternalStore(store.subscribe, () => part(store.get()));
}

/** The run with what its events already tell and the last answer of the server doesn't. */
export function useCurrentRun(run: Run, store: RunStore): Run {
  const status = useRunState(store, (state) => state.status);
  const reason = useRunState(store, (state) => state.reason);
  const attempt = useRunState(store, (state) => state.attempt);
  // `queued` among the events: the attempt has failed, and there will be another one.
  const isOver = status !== null && (isFinal(status) || status === 'queued');
  if (isFinal(run.status) || status === null || !isOver || attempt < run.attempt) return run;
  return { ...run, status, reason };
}
