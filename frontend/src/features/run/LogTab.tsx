import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { isFinal, type Run } from '@/api/types';
import { EmptyState } from '@/components/EmptyState';
import { Scroll } from '@/components/Scroll';
import { LogLines } from './LogLines';
import { PADDING, ROW_HEIGHT } from './LogRowView';
import { LogTools } from './LogTools';
import { createSelector, fits, isAll, type LogFilter, type Shown } from './log-filter';
import { openRows, type LogRow } from './log-lines';
import type { RunStore } from './run-store';
import { ServerLogTab } from './ServerLogTab';
import { TailButton } from './TailButton';
import { useRunState } from './useRunEvents';
import { useTail } from './useTail';
import { useView } from './useView';
import classes from './lists.module.css';

const OVERSCAN = 10;

/** What the reader has asked to see: it stays when the log becomes too long for the page. */
export interface Reading {
  shown: Shown;
  text: string;
  /** The line she has scrolled to; 0: she follows the end. */
  line: number;
}

interface LogProps {
  run: Run;
  store: RunStore;
  reading: Reading;
  onReading: (change: Partial<Reading>) => void;
}

/** Everything raw, line by line. What the page does not hold is read from the server, and has the same numbers there. */
export function LogTab({ run, store }: { run: Run; store: RunStore }) {
  const isPartial = useRunState(store, (state) => state.leftOut > 0 || state.log.lines.first > 0);
  const [reading, setReading] = useState<Reading>({ shown: 'all', text: '', line: 0 });
  const onReading = (change: Partial<Reading>) => setReading((before) => ({ ...before, ...change }));
  const Log = isPartial ? ServerLogTab : LocalLogTab;
  return <Log run={run} store={store} reading={reading} onReading={onReading} />;
}

/** All events of the run are in the browser. */
function LocalLogTab({ run, store, reading, onReading }: LogProps) {
  const { shown, text } = reading;
  const [search] = useDebouncedValue(text.trim().toLowerCase(), 200);
  const filter = useMemo(() => ({ shown, text: search }), [shown, search]);
  return (
    <div className={classes.pane}>
      <LogTools
        run={run}
        shown={shown}
        onShown={(next) => onReading({ shown: next })}
        text={text}
        onText={(next) => onReading({ text: next })}
      />
      <Lines
        key={`${shown} ${search}`}
        run={run}
        store={store}
        filter={filter}
        onLine={(line) => line !== reading.line && onReading({ line })}
      />
    </div>
  );
}

interface LinesProps {
  run: Run;
  store: RunStore;
  filter: LogFilter;
  onLine: (line: number) => void;
}

function Lines({ run, store, filter, onLine }: LinesProps) {
  const { t } = useTranslation();
  const log = useRunState(store, (state) => state.log);
  const { lines } = log;
  const [search] = useSearchParams();
  const target = Number(search.get('line') ?? '0') - 1;
  const select = useMemo(() => createSelector(filter), [filter]);
  const selection = useMemo(() => select(lines), [select, lines]);
  const open = useMemo(() => openRows(log).filter((row) => fits(row, filter)), [log, filter]);
  const count = selection.count + open.length;
  const scroller = useRef<HTMLDivElement>(null);
  const [initially] = useState(run.status !== 'succeeded' && target < 0);
  const view = useView(scroller);
  const tail = useTail(scroller, selection.count, initially, () => {
    view.update();
    onLine(selection.at(Math.floor((scroller.current?.scrollTop ?? 0) / ROW_HEIGHT)) + 1);
  });
  const { following } = tail;
  const onFollowing = useRef(onLine);
  useEffect(() => {
    onFollowing.current = onLine;
  });
  useEffect(() => {
    if (following) onFollowing.current(0);
  }, [following]);
  useTarget(scroller, target, selection.positionOf, lines.end);

  if (count === 0) return <NoRows run={run} filtered={!isAll(filter)} rows={lines.length} />;
  // While the end is followed, its rows are drawn in the frame in which they come, before the scrolling is noticed.
  const top = following ? Math.max(0, count * ROW_HEIGHT - view.height) : view.top;
  const from = Math.max(0, Math.floor((top - PADDING) / ROW_HEIGHT) - OVERSCAN);
  const to = Math.min(count, Math.ceil((top + view.height) / ROW_HEIGHT) + OVERSCAN);
  const rows: { number: number | null; row: LogRow }[] = [];
  for (let position = from; position < to; position++) {
    const index = position < selection.count ? selection.at(position) : null;
    const row = index === null ? open[position - selection.count] : lines.get(index);
    if (row) rows.push({ number: index === null ? null : index + 1, row });
  }
  return (
    <>
      <Scroll
        ref={scroller}
        className={`${classes.scroller ?? ''} ${classes.log ?? ''}`}
        onScroll={tail.onScroll}
        onWheel={tail.onWheel}
        role="region"
        aria-label={t('run.log.label', { count: selection.count })}
      >
        <LogLines count={count} from={from} origin={0} rows={rows} target={target + 1} />
      </Scroll>
      <TailButton following={following} unseen={tail.unseen} of="lines" onClick={tail.follow} />
    </>
  );
}

function NoRows({ run, filtered, rows }: { run: Run; filtered: boolean; rows: number }) {
  const { t } = useTranslation();
  if (filtered && rows > 0) {
    return (
      <EmptyState title={t('run.log.noFit')}>
        <p>{t('run.log.noneFits', { count: rows })}</p>
      </EmptyState>
    );
  }
  if (!isFinal(run.status)) {
    return (
      <EmptyState title={t('run.log.nothingYet')}>
        <p>{t('run.log.nothingYetText')}</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState title={t('run.log.empty')}>
      <p>{t('run.log.emptyText')}</p>
    </EmptyState>
  );
}

/** Scrolls once to the line of the address, as soon as it is there. */
function useTarget(
  scroller: React.RefObject<HTMLElement | null>,
  target: number,
  positionOf: (index: number) => number,
  end: number,
) {
  const reached = useRef(-1);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || target < 0 || target >= end || reached.current === target) return;
    const top = positionOf(target) * ROW_HEIGHT;
    const inView = top >= element.scrollTop && top < element.scrollTop + element.clientHeight - ROW_HEIGHT;
    if (!inView) element.scrollTo({ top: Math.max(0, top - element.clientHeight / 3) });
    reached.current = target;
  }, [scroller, target, positionOf, end]);
}
