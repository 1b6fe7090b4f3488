import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { ApiError, ConnectionLost, newIdempotencyKey } from '@/api/client';
import * as queries from '@/api/queries';
import type { Run, Task } from '@/api/types';
import { useForgottenAfterSignIn } from '@/api/useForgottenAfterSignIn';

interface Reactions {
  onStarted: (run: Run) => void;
  /** Values are to blame, these. */
  onRefused: (errors: Record<string, string>) => void;
}

/** Starts runs. One that is sent again after its answer was lost is the same run. */
export function useStart(task: Task, { onStarted, onRefused }: Reactions) {
  const attempt = useRef<{ body: string; key: string } | null>(null);
  const queryClient = useQueryClient();
  const start = useMutation({
    mutationFn: (body: queries.NewRun) => {
      const text = JSON.stringify(body);
      if (attempt.current?.body !== text) attempt.current = { body: text, key: newIdempotencyKey() };
      return queries.startRun(body, attempt.current.key);
    },
    onSuccess: onStarted,
    onError: (error) => {
      if (!(error instanceof ConnectionLost)) attempt.current = null;
      if (isRefusal(error)) onRefused(error.errors);
      // The task became broken, or another, since the form was drawn; or a run of it is under way.
      else if (error instanceof ApiError) void queryClient.invalidateQueries({ queryKey: ['task', task.id] });
    },
  });
  useForgottenAfterSignIn(start);
  return start;
}

export function isRefusal(error: Error): error is ApiError {
  return error instanceof ApiError && error.status === 422 && Object.keys(error.errors).length > 0;
}
