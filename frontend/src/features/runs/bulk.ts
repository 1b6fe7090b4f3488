/** One action for many runs, a few at a time, so that it can be seen how far it came. */

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { newIdempotencyKey } from '@/api/client';
import * as queries from '@/api/queries';
import { isFinal, type BulkAction, type BulkResult, type Run } from '@/api/types';
import { useForgottenAfterSignIn } from '@/api/useForgottenAfterSignIn';

const AT_A_TIME = 20;

export interface Bulk {
  results: readonly BulkResult[];
  working: boolean;
  error: unknown;
  /** Goes on where it was broken off; nothing is done twice. */
  start: (ids: readonly number[]) => void;
}

export function useBulk(action: BulkAction, onDone: (results: readonly BulkResult[]) => void): Bulk {
  const queryClient = useQueryClient();
  const [key] = useState(newIdempotencyKey);
  const [results, setResults] = useState<readonly BulkResult[]>([]);
  const mutation = useMutation({
    mutationFn: async (ids: readonly number[]) => {
      let done = results;
      const known = new Set(done.map((result) => result.run_id));
      const left = ids.filter((id) => !known.has(id));
      for (let at = 0; at < left.length; at += AT_A_TIME) {
        const answer = await queries.actOnRuns(action, left.slice(at, at + AT_A_TIME), key);
        done = [...done, ...answer.results];
        setResults(done);
      }
      return done;
    },
    onSuccess: onDone,
    onSettled: () => void queryClient.invalidateQueries({ queryKey: ['runs'] }),
  });
  useForgottenAfterSignIn(mutation);
  return { results, working: mutation.isPending, error: mutation.error, start: (ids) => mutation.mutate(ids) };
}

/** Those of the runs that the action can mean: what has ended cannot be cancelled. */
export function meant(action: BulkAction, runs: readonly Run[]): readonly Run[] {
  return action === 'cancel' ? runs.filter((run) => !isFinal(run.status)) : runs;
}
