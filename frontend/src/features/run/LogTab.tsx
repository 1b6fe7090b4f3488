import { useDebouncedValue } from '@mantine/hooks';
import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { isFinal, type Run } from '@/api/types';
import { EmptyState } from '@/components/EmptyState';
import { Scroll } from '@/components/Scroll';
import { LogRowView, PADDING, ROW_HEIGHT } from './LogRowView';
import { LogTools } from './LogTools';
import { createSelector, isAll, type Shown } from './log-filter';
import type { LogRow } from './run-state';
import type { RunStore } from './run-store';
import { ServerLogTab } from './ServerLogTab';
import { TailButton } from './TailButton';
import { useRunState } from './useRunEvents';
import { useTail } from './useTail';
import { useView } from './useView';
import classes from './lists.module.css';

const OVERSCAN = 20;

/** Everything raw, line by line. What the page does not hold is read from the server. */
export function LogTab({ run, store }: { run: Run; store: RunStore }) {
  const isPartial = useRunState(store, (state) => state.leftOut > 0 || state.log.first > 0);
  return isPartial ? <ServerLogTab run={run} store={store} /> : <LocalLogTab run={run} store={store} />;
}

/** All events of the run are in the browser. */
function LocalLogTab({ run, store }: { run: Run; store: RunStore }) {
  const [shown, setShown] = useState<Shown>('all');
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text.trim().toLowerCase(), 200);
  const filter = useMemo(() => ({ shown, text: search }), [shown, search]);
  return (
    <div className={classes.pane}>
      <LogTools run={run} shown={shown} onShown={setShown} text={text} onText={setText} />
      <Rows key={`${shown} ${search}`} run={run} store={store} filter={filter} />
    </div>
  );
}

function Rows({ run, store, filter }: { run: Run; store: RunStore; filter: { shown: Shown; text: string } }) {
  const { t } = useTranslation();
  const log = useRunState(store, (state) => state.log);
  const openRows = useRunState(store, (state) => state.openRows);
  const [search] = useSearchParams();
  const target = Number(search.get('line') ?? '0') - 1;
  const select = useMemo(() => createSelector(filter), [filter]);
  const selection = useMemo(() => select({ log, openRows }), [select, log, openRows]);
  const scroller = useRef<HTMLDivElement>(null);
  const [initially] = useState(run.status !== 'succeeded' && target < 0);
  const tail = useTail(scroller, selection.count, initially);
  const view = useView(scroller);
  useTarget(scroller, target, selection.positionOf, log.end);

  if (selection.count === 0) return <NoRows run={run} filtered={!isAll(filter)} rows={log.length} />;
  // While the end is followed, its rows are drawn in the frame in which they come, before the scrolling is noticed.
  const top = tail.following ? Math.max(0, selection.count * ROW_HEIGHT - view.height) : view.top;
  const from = Math.max(0, Math.floor((top - PADDING) / ROW_HEIGHT) - OVERSCAN);
  const to = Math.min(selection.count, Math.ceil((top + view.height) / ROW_HEIGHT) + OVERSCAN);
  const rows: { index: number; row: LogRow }[] = [];
  for (let position = from; position < to; position++) {
    const index = selection.at(position);
    const row = log.get(index);
    if (row) rows.push({ index, row });
  }
  return (
    <>
      <Scroll
        ref={scroller}
        className={`${classes.scroller ?? ''} ${classes.log ?? ''}`}
        onScroll={() => {
          tail.onScroll();
          view.update();
        }}
        onWheel={tail.onWheel}
        role="region"
        aria-label={t('run.log.label', { count: selection.count })}
      >
        <div className={classes.space} style={{ height: selection.count * ROW_HEIGHT }}>
          <div className={classes.window} style={{ transform: `translateY(${from * ROW_HEIGHT}px)` }}>
            {rows.map(({ index, row }) => (
              <LogRowView key={index} number={index + 1} row={row} isTarget={index === target} />
            ))}
          </div>
        </div>
      </Scroll>
      <TailButton following={tail.following} unseen={tail.unseen} of="lines" onClick={tail.follow} />
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
