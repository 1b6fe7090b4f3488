import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError, isAway } from '@/api/client';

export function createQueryClient(): QueryClient {
  // The frame around the pages says that somebody is signed out, by what the server's health tells.
  const lookWhetherSignedOut = (error: Error) => {
    if (error instanceof ApiError && error.status === 401) void client.invalidateQueries({ queryKey: ['health'] });
  };
  const client = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        if (query.queryKey[0] !== 'health') lookWhetherSignedOut(error);
      },
    }),
    mutationCache: new MutationCache({ onError: lookWhetherSignedOut }),
    defaultOptions: {
      queries: {
        // The socket says what changed; this is for what it does not announce.
        staleTime: 15_000,
        retry: (failures, error) => isPassing(error) && failures < 3,
        retryDelay: (failures) => 500 * 2 ** failures,
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
  return client;
}

/** A refusal stays a refusal; no answer may be over soon. */
function isPassing(error: Error): boolean {
  return error instanceof ApiError ? isAway(error.status) : true;
}
