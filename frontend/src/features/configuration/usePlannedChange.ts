import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiError, newIdempotencyKey } from '@/api/client';
import * as configurationApi from '@/api/configuration';
import type { ConfigChange, ConfigPlanned } from '@/api/configuration';
import { useForgottenAfterSignIn } from '@/api/useForgottenAfterSignIn';

export interface WantedChange {
  change: ConfigChange;
  /** Of this wish alone: the same one later is planned, and made, anew. */
  key: string;
}

export function wanted(change: ConfigChange): WantedChange {
  return { change, key: newIdempotencyKey() };
}

const BUSY_TRIES = 5;
const BUSY_MILLISECONDS = 1000;

function isBusy(error: Error): boolean {
  return error instanceof ApiError && error.kind === 'busy';
}

/** First what a change would do, which changes nothing; then, once it has been seen, the change. */
export function usePlannedChange(wish: WantedChange | null) {
  const queryClient = useQueryClient();
  const plan = useQuery({
    queryKey: ['config-plan', wish?.key],
    queryFn: ({ signal }) => (wish ? configurationApi.plan(wish.change, signal) : Promise.reject(new Error())),
    enabled: wish !== null,
    // A plan, or an update that the server makes by itself, is over in a moment.
    retry: (failures, error) => isBusy(error) && failures < BUSY_TRIES,
    retryDelay: BUSY_MILLISECONDS,
    staleTime: Infinity,
    gcTime: 0,
  });
  const apply = useMutation({
    mutationFn: ({ wish: { change, key }, planned }: { wish: WantedChange; planned: ConfigPlanned }) =>
      configurationApi.apply(change, planned, key),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['config'] }),
  });
  useForgottenAfterSignIn(apply);
  return { plan, apply };
}
