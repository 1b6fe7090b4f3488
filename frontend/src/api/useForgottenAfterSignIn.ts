import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { ApiError } from '@/api/client';
import * as queries from '@/api/queries';

interface Asked {
  error: Error | null;
  reset: () => void;
}

/** What was refused because nobody was signed in is not held against who has signed in since, here or in another tab. */
export function useForgottenAfterSignIn({ error, reset }: Asked): void {
  const { data: health } = useQuery(queries.health());
  const isRefused = error instanceof ApiError && error.status === 401;
  const wasSignedOut = useRef(false);
  useEffect(() => {
    if (!isRefused) wasSignedOut.current = false;
    else if (health && health.version === undefined) wasSignedOut.current = true;
    else if (health && wasSignedOut.current) reset();
  }, [isRefused, health, reset]);
}
