import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '@/api/client';

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The socket says what changed; this is for what it does not announce.
        staleTime: 15_000,
        // A refusal stays a refusal; a lost connection is worth a second and a third try.
        retry: (failures, error) => !(error instanceof ApiError) && failures < 2,
        retryDelay: 800,
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
}
