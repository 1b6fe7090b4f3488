import { Button } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { isFinal, type Run } from '@/api/types';
import { EmptyState } from '@/components/EmptyState';
import { ErrorPanel } from '@/components/ErrorPanel';
import { Scroll } from '@/components/Scroll';
import { formatCount } from '@/lib/numbers';
import type { Shown } from './log-filter';
import type { Reading } from './LogTab';
import { progressText } from './log-search';
import * as logWindow from './log-window';
import { LogTools } from './LogTools';
import { LogLines } from './LogLines';
import { PADDING, ROW_HEIGHT } from './LogRowView';
import type { RunStore } from './run-store';
import { useLogSearch } from './useLogSearch';
import { useRunState } from './useRunEvents';
import { useServerLog, type LineFilter } from './useServerLog';
import { useView } from './useView';
import classes from './lists.module.css';

const FILTERS: Record<Shown, LineFilter> = {
  all: {},
  problems: { level: 'warning' },
  messages: { source: 'message' },
  stdout: { source: 'stdout' },
  stderr: { source: 'stderr' },
};

const OVERSCAN = 10;
/** So many rows before an end of the window, the next page is asked for. */
const AHEAD = 100;
const NEAR_END = 24;

interface ServerLogProps {
  run: Run;
  store: RunStore;
  reading: Reading;
  onReading: (change: Partial<Reading>) => void;
}

/** A log that is longer than the page holds: opens at its end, and is read by page as the reader scrolls. */
export function ServerLogTab({ run, store, reading, onReading }: ServerLogProps) {
  const { t } = useTranslation();
  const { shown, text } = reading;
  const [search] = useDebouncedValue(text.trim(), 300);
  const filter = FILTERS[shown];
  const found = useLogSearch(run.id, filter, search);
  const [current, setCurrent] = useState({ search: '', index: 0 });
  const index = current.search === `${shown} ${search}` ? current.index : 0;
  const { hits } = found.search;
  const hit = hits[index] ?? null;
  const step = (by: number) => {
    if (hits.length > 0) setCurrent({ search: `${shown} ${search}`, index: (index + by + hits.length) % hits.length });
  };
  return (
    <div className={classes.pane}>
      <LogTools
        run={run}
        shown={shown}
        onShown={(next) => onReading({ shown: next, line: 0 })}
        text={text}
        onText={(next) => onReading({ text: next })}
        onStep={step}
      >
        {search !== '' && (
          <>
            <span className={classes.hits} role="status">
              {found.error ? found.error.message : progressText(found.search, index)}
            </span>
            <Button variant="default" onClick={() => step(-1)} disabled={hits.length === 0} aria-label={t('run.log.previous')}>
              ↑
            </Button>
            <Button variant="default" onClick={() => step(1)} disabled={hits.length === 0} aria-label={t('run.log.next')}>
              ↓
            </Button>
          </>
        )}
      </LogTools>
      <Lines key={shown} run={run} store={store} filter={filter} hit={hit} start={reading.line} />
    </div>
  );
}

interface LinesProps {
  run: Run;
  store: RunStore;
  filter: LineFilter;
  /** The number of the line the search stands at. */
  hit: number | null;
  /** The line to open at, if the address names none; 0: the end. */
  start: number;
}

function Lines({ run, store, filter, hit, start }: LinesProps) {
  const { t } = useTranslation();
  const news = useRunState(store, (state) => state.lastSeq);
  const [params] = useSearchParams();
  const asked = Number(params.get('line') ?? '0');
  const [first] = useState(asked > 0 ? asked : start);
  const log = useServerLog(run.id, filter, news, first);
  const { window: shown, loadBefore, loadAfter, toLine } = log;
  const scroller = useRef<HTMLDivElement>(null);
  const view = useView(scroller);
  /** The line to bring into view as soon as it is there; `null` when it has been. */
  const wanted = useRef<number | null>(first > 0 ? first : null);
  const [following, setFollowing] = useState(first <= 0);
  const target = hit ?? (asked > 0 ? asked : null);
  const count = shown ? shown.lines.length + shown.openLines.length : 0;

  const jump = (number: number) => {
    wanted.current = number;
    setFollowing(false);
    toLine(number);
  };
  const jumpToHit = useRef(jump);
  const updateView = useRef(view.update);
  useLayoutEffect(() => {
    jumpToHit.current = jump;
    updateView.current = view.update;
  });
  useEffect(() => {
    if (hit !== null) jumpToHit.current(hit);
  }, [hit]);
  const isFirstAsked = useRef(true);
  useEffect(() => {
    if (!isFirstAsked.current && asked > 0) jumpToHit.current(asked);
    isFirstAsked.current = false;
  }, [asked]);

  // Lines that are added before those in view must not move them.
  const anchor = useRef<{ number: number; offset: number } | null>(null);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || !shown) return;
    const { scrollTop } = element;
    if (wanted.current !== null) {
      const position = logWindow.positionOf(shown, wanted.current);
      if (shown.first <= wanted.current && wanted.current <= shown.last) {
        element.scrollTo({ top: Math.max(0, position * ROW_HEIGHT - element.clientHeight / 3) });
        wanted.current = null;
      }
    } else if (following) {
      element.scrollTo({ top: element.scrollHeight });
    } else if (anchor.current) {
      element.scrollTo({ top: logWindow.positionOf(shown, anchor.current.number) * ROW_HEIGHT + anchor.current.offset });
    }
    // In the frame in which the lines come, not only when the scrolling is noticed.
    if (element.scrollTop !== scrollTop) updateView.current();
  }, [shown, following]);

  // Where few lines fit, the pages that fill a screen are asked for without any scrolling.
  useEffect(() => {
    if (shown && count < AHEAD && logWindow.hasBefore(shown)) loadBefore();
  }, [shown, count, loadBefore]);

  if (log.error && !shown) return <ErrorPanel error={log.error} title={t('run.log.notRead')} onRetry={log.toEnd} />;
  if (!shown) return <div aria-busy="true" aria-label={t('run.log.loading')} />;

  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    view.update();
    const { scrollTop, scrollHeight, clientHeight } = element;
    const atEnd = scrollHeight - scrollTop - clientHeight <= NEAR_END;
    setFollowing(atEnd && !logWindow.hasAfter(shown) && wanted.current === null);
    const top = Math.floor(scrollTop / ROW_HEIGHT);
    const first = shown.lines[Math.min(top, shown.lines.length - 1)];
    anchor.current = first ? { number: first.number, offset: scrollTop - top * ROW_HEIGHT } : null;
    if (scrollTop < AHEAD * ROW_HEIGHT) loadBefore();
    if (scrollHeight - scrollTop - clientHeight < AHEAD * ROW_HEIGHT && logWindow.hasAfter(shown)) loadAfter();
  };
  const top = following ? Math.max(0, count * ROW_HEIGHT - view.height) : view.top;
  const from = Math.max(0, Math.floor((top - PADDING) / ROW_HEIGHT) - OVERSCAN);
  const to = Math.min(count, Math.ceil((top + view.height) / ROW_HEIGHT) + OVERSCAN);
  return (
    <>
      <p className={classes.forgotten}>
        {t(Object.keys(filter).length > 0 ? 'run.log.windowFiltered' : 'run.log.window', {
          first: formatCount(shown.first),
          last: formatCount(shown.last),
          total: formatCount(shown.lineCount),
          shown: formatCount(shown.lines.length),
        })}{' '}
        <button
          type="button"
          className={classes.more}
          onClick={() => {
            wanted.current = 1;
            setFollowing(false);
            log.toStart();
          }}
        >
          {t('run.log.firstLines')}
        </button>{' '}
        <button
          type="button"
          className={classes.more}
          onClick={() => {
            wanted.current = null;
            setFollowing(true);
            log.toEnd();
          }}
        >
          {t('run.log.lastLines')}
        </button>
        {log.error && ` ${log.error.message}`}
      </p>
      {count === 0 ? (
        <EmptyState title={t(logWindow.hasBefore(shown) ? 'run.log.lookingUp' : 'run.log.noFit')}>
          <p>{t('run.log.noneFromHere', { count: shown.last - shown.first + 1, first: formatCount(shown.first) })}</p>
        </EmptyState>
      ) : (
        <Scroll
          ref={scroller}
          className={`${classes.scroller ?? ''} ${classes.log ?? ''}`}
          onScroll={onScroll}
          onWheel={({ deltaY }) => {
            if (deltaY < 0) setFollowing(false);
          }}
          role="region"
          aria-label={t('run.log.label', { count: shown.lineCount })}
        >
          <LogLines
            count={count}
            from={from}
            origin={shown.origin}
            rows={logWindow.rows(shown, from, to)}
            target={target}
          />
        </Scroll>
      )}
      {!following && !isFinal(run.status) && (
        <button
          type="button"
          className={classes.tail}
          onClick={() => {
            wanted.current = null;
            setFollowing(true);
            log.toEnd();
          }}
        >
          {t('run.log.toEnd')} <span aria-hidden="true">↓</span>
        </button>
      )}
    </>
  );
}
