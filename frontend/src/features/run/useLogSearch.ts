import { useEffect, useState } from 'react';
import * as queries from '@/api/queries';
import { extended, NOTHING_FOUND, type LogSearch } from './log-search';
import type { LineFilter } from './useServerLog';

interface Found {
  readonly key: string;
  readonly search: LogSearch;
  readonly error: Error | null;
}

/** Looks for a text in the whole log, from its beginning, until it is through; an empty text looks for nothing. */
export function useLogSearch(runId: number, filter: LineFilter, text: string): { search: LogSearch; error: Error | null } {
  const key = JSON.stringify([runId, filter, text]);
  const [found, setFound] = useState<Found>({ key: '', search: NOTHING_FOUND, error: null });
  useEffect(() => {
    if (text === '') return undefined;
    const controller = new AbortController();
    const look = async () => {
      let search = NOTHING_FOUND;
      while (!search.done) {
        search = extended(
          search,
          await queries.searchLog(runId, { ...filter, q: text, after: search.upTo, limit: 1000 }, controller.signal),
        );
        if (controller.signal.aborted) return;
        setFound({ key, search, error: null });
      }
    };
    look().catch((error: unknown) => {
      if (controller.signal.aborted) return;
      setFound({ key, search: NOTHING_FOUND, error: error instanceof Error ? error : new Error(String(error)) });
    });
    return () => controller.abort();
  }, [runId, filter, text, key]);
  return found.key === key ? found : { search: NOTHING_FOUND, error: null };
}
