import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from '@/api/client';

export function createQueryClient(): QueryClient {
  const client = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        // The frame around the pages says that somebody is signed out, by what this one tells.
        const isSignedOut = error instanceof ApiError && error.status === 401;
        if (isSignedOut && query.queryKey[0] !== 'health') void client.invalidateQueries({ queryKey: ['health'] });
      },
    }),
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

/** A refusal stays a refusal. No answer, or a proxy's that the server behind it gives none, may be over soon. */
function isPassing(error: Error): boolean {
  return error instanceof ApiError ? [502, 503, 504].includes(error.status) : true;
}
