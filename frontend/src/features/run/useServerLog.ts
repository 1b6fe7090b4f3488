import { useCallback, useEffect, useReducer, useRef } from 'react';
import * as queries from '@/api/queries';
import type { LogPage } from '@/api/types';
import * as logWindow from './log-window';
import type { LogWindow } from './log-window';

/** Lines asked for at once: some screens full. */
const PAGE = 500;
/** The tail of a run that goes on is looked at so often, when something has happened. */
const TAIL_MS = 400;

export interface LineFilter {
  readonly level?: 'warning';
  readonly source?: 'message' | 'stdout' | 'stderr';
}

export interface ServerLog {
  /** `null` until the first page is there. */
  window: LogWindow | null;
  error: Error | null;
  loadBefore: () => void;
  /** Whether it is being asked for. */
  loadAfter: () => boolean;
  toStart: () => void;
  toEnd: () => void;
  /** Opens the lines around one, which need not be in the window. */
  toLine: (number: number) => void;
}

interface State {
  window: LogWindow | null;
  error: Error | null;
}

type Action = { take: (window: LogWindow | null) => LogWindow | null } | { error: Error };

function reduce(state: State, action: Action): State {
  if ('error' in action) return { ...state, error: action.error };
  return { window: action.take(state.window), error: null };
}

/**
 * A long log, read from the server by page. One request is under way at a time; what is asked for meanwhile is
 * dropped but for jumps, which take its place.
 *
 * @param news changes when there may be more at the end
 * @param start the line to open at; 0: the end
 */
export function useServerLog(runId: number, filter: LineFilter, news: number, start: number): ServerLog {
  const [{ window, error }, dispatch] = useReducer(reduce, { window: null, error: null });
  const busy = useRef<AbortController | null>(null);
  const current = useRef<LogWindow | null>(null);
  useEffect(() => {
    current.current = window;
  }, [window]);

  const ask = useCallback(
    (work: (signal: AbortSignal) => Promise<(window: LogWindow | null) => LogWindow | null>, { jump = false } = {}) => {
      if (busy.current) {
        if (!jump) return false;
        busy.current.abort();
      }
      const controller = new AbortController();
      busy.current = controller;
      const settled = () => {
        if (busy.current === controller) busy.current = null;
      };
      work(controller.signal).then(
        (take) => {
          settled();
          if (!controller.signal.aborted) dispatch({ take });
        },
        (reason: unknown) => {
          settled();
          if (!controller.signal.aborted) dispatch({ error: reason instanceof Error ? reason : new Error(String(reason)) });
        },
      );
      return true;
    },
    [],
  );

  const page = useCallback(
    (range: { before?: number; after?: number }, signal: AbortSignal): Promise<LogPage> =>
      queries.logLines(runId, { ...filter, ...range, limit: PAGE }, signal),
    [runId, filter],
  );
  const replace = useCallback(
    (range: { before?: number; after?: number }) => {
      ask(
        async (signal) => {
          const found = await page(range, signal);
          return () => logWindow.opened(found);
        },
        { jump: true },
      );
    },
    [ask, page],
  );
  const toEnd = useCallback(() => replace({}), [replace]);
  const toStart = useCallback(() => replace({ after: 0 }), [replace]);
  const toLine = useCallback(
    (number: number) => {
      ask(
        async (signal) => {
          const before = await page({ before: number }, signal);
          const after = await page({ after: number - 1 }, signal);
          return () => logWindow.appended(logWindow.opened(before), after);
        },
        { jump: true },
      );
    },
    [ask, page],
  );
  const loadBefore = useCallback(() => {
    const known = current.current;
    if (!known || !logWindow.hasBefore(known)) return;
    ask(async (signal) => {
      const found = await page({ before: known.first }, signal);
      return (now) => now && logWindow.prepended(now, found);
    });
  }, [ask, page]);
  const loadAfter = useCallback(() => {
    const known = current.current;
    if (!known || (known.ended && !logWindow.hasAfter(known))) return true;
    return ask(async (signal) => {
      const found = await page({ after: known.last }, signal);
      return (now) => now && logWindow.appended(now, found);
    });
  }, [ask, page]);

  useEffect(() => {
    if (start > 0) toLine(start);
    else toEnd();
    return () => busy.current?.abort();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- opened once for each filter: afterwards the reader goes where she likes
  }, [toLine, toEnd]);

  const atEnd = window !== null && !logWindow.hasAfter(window);
  const newest = useRef(news);
  const asked = useRef(news);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    newest.current = news;
    // Not put off by what comes meanwhile: news may come more often than this waits.
    if (!atEnd || asked.current === news || timer.current !== undefined) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      const seen = newest.current;
      if (loadAfter()) asked.current = seen;
    }, TAIL_MS);
  }, [news, atEnd, window, loadAfter]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );

  return { window, error, loadBefore, loadAfter, toStart, toEnd, toLine };
}
