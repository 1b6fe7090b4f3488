import { memo, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { isFinal, type Run } from '@/api/types';
import { EmptyState } from '@/components/EmptyState';
import { Scroll } from '@/components/Scroll';
import { ErrorIcon, WarningIcon } from '@/components/icons';
import { formatSeconds } from '@/lib/times';
import { t } from '@/texts';
import { FailurePanel } from './FailurePanel';
import { Heights } from './heights';
import { ProgressBars } from './ProgressBars';
import { createRowKeys } from './row-keys';
import { MAX_MESSAGES, type MessageRow } from './run-state';
import type { RunStore } from './run-store';
import { TailButton } from './TailButton';
import { useRunState } from './useRunEvents';
import { useTail } from './useTail';
import classes from './lists.module.css';

interface MessagesTabProps {
  run: Run;
  store: RunStore;
}

/** A message of one line; a taller one is measured when it is drawn. */
const ROW_HEIGHT = 34;
const PADDING = 8;
const OVERSCAN = 12;
const MAX_SHOWN = 4_000;
/** Until the pane has been measured. */
const FIRST_VIEW = 800;

/** What the author tells the analyst, how far it is, and what went wrong. */
export function MessagesTab({ run, store }: MessagesTabProps) {
  const bars = useRunState(store, (state) => state.bars);
  const any = useRunState(store, (state) => state.messages.end > 0);
  const state = !isFinal(run.status) ? 'running' : run.status === 'succeeded' ? 'succeeded' : 'stopped';
  return (
    <div className={`${classes.pane ?? ''} ${classes.messages ?? ''}`}>
      <FailurePanel run={run} store={store} />
      <ProgressBars bars={bars} state={state} />
      {any ? <Messages run={run} store={store} /> : <NoMessages run={run} store={store} />}
    </div>
  );
}

function NoMessages({ run, store }: MessagesTabProps) {
  const { t } = useTranslation();
  const loading = useRunState(store, (state) => state.lastSeq) < run.last_seq;
  const bars = useRunState(store, (state) => state.bars.length);
  if (loading || bars > 0 || run.status === 'failed') return null;
  if (!isFinal(run.status)) {
    return (
      <EmptyState title={t('run.messages.none')}>
        <p>{t('run.messages.noneText')}</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState title={t('run.messages.noneSent')}>
      <p>{t('run.messages.noneSentText')}</p>
    </EmptyState>
  );
}

function Messages({ run, store }: MessagesTabProps) {
  const { t, i18n } = useTranslation();
  const messages = useRunState(store, (state) => state.messages);
  const { first, end } = messages;
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [heights] = useState(() => new Heights(ROW_HEIGHT));
  const [keysOf] = useState(createRowKeys);
  const [initially] = useState(run.status !== 'succeeded');
  const [view, setView] = useState({ first, top: 0, height: FIRST_VIEW, measured: 0 });
  const look = () => {
    const element = scroller.current;
    if (!element) return;
    const { scrollTop, clientHeight } = element;
    setView((before) => ({ ...before, first, top: scrollTop, height: clientHeight || FIRST_VIEW }));
  };
  const tail = useTail(scroller, end, initially, look);
  const { following } = tail;
  // What has been forgotten since has moved everything else up.
  const top = view.top - PADDING - heights.between(view.first, first);
  // While the end is followed, its rows are drawn in the frame in which they come, before the scrolling is noticed.
  const last = following ? end : Math.min(end, heights.at(first, end, top + view.height) + 1 + OVERSCAN);
  const inView = following ? end - Math.ceil(view.height / ROW_HEIGHT) : heights.at(first, end, top);
  const from = Math.max(first, inView - (following ? 1 : OVERSCAN));
  const { keys, replaced } = keysOf(from, last);

  useForgotten(scroller, heights, first, following);
  useRowHeights(scroller, list, heights, { from, inView, following }, () =>
    setView((before) => ({ ...before, measured: before.measured + 1 })),
  );
  // The elements show other messages now: what was selected is not there any more.
  useLayoutEffect(() => {
    const selection = replaced ? getSelection() : null;
    if (selection?.anchorNode && list.current?.contains(selection.anchorNode)) selection.removeAllRanges();
  }, [keys, replaced]);
  const onResize = useRef(look);
  useEffect(() => {
    onResize.current = look;
  });
  useEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    let width = element.clientWidth;
    const observer = new ResizeObserver(() => {
      if (element.clientWidth !== width) heights.forget();
      width = element.clientWidth;
      onResize.current();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [heights]);

  return (
    <>
      {first > 0 && <p className={classes.forgotten}>{t('run.messages.forgotten', { count: first })}</p>}
      <Scroll
        ref={scroller}
        className={classes.scroller}
        onScroll={tail.onScroll}
        onWheel={tail.onWheel}
        role="region"
        aria-label={t('run.messages.label')}
      >
        <div className={classes.space} style={{ height: heights.between(first, end) + 2 * PADDING }}>
          <div
            ref={list}
            className={classes.drawn}
            role="list"
            style={{ transform: `translateY(${heights.between(first, from) + PADDING}px)` }}
          >
            {messages.slice(from, last).map((message, position) => (
              <Message
                key={keys[position]}
                message={message}
                place={from + position + 1}
                // How many there will be, nobody knows while it runs.
                of={isFinal(run.status) ? end : -1}
                language={i18n.language}
              />
            ))}
          </div>
        </div>
      </Scroll>
      <TailButton following={following} unseen={tail.unseen} of="messages" onClick={tail.follow} />
      {!isFinal(run.status) && <Announcer last={messages.last()} />}
    </>
  );
}

/** Rows that go at the beginning of the list do not move what is in view. */
function useForgotten(scroller: RefObject<HTMLElement | null>, heights: Heights, first: number, following: boolean) {
  const before = useRef(first);
  useLayoutEffect(() => {
    if (!following) scroller.current?.scrollBy({ top: -heights.between(before.current, first) });
    before.current = first;
    heights.forgetBefore(first - MAX_MESSAGES);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- where the end is followed or not, only what is forgotten moves the list
  }, [scroller, heights, first]);
}

interface DrawnRows {
  from: number;
  inView: number;
  following: boolean;
}

/** Measures what is drawn; rows above the view that turn out taller do not move what is in it. */
function useRowHeights(
  scroller: RefObject<HTMLElement | null>,
  list: RefObject<HTMLElement | null>,
  heights: Heights,
  { from, inView, following }: DrawnRows,
  onChange: () => void,
) {
  useLayoutEffect(() => {
    const rows = list.current?.children;
    if (!rows) return;
    let above = 0;
    let changed = false;
    for (let position = 0; position < rows.length; position++) {
      const height = (rows[position] as HTMLElement).offsetHeight;
      const change = height > 0 ? heights.measured(from + position, height) : 0;
      if (from + position < inView) above += change;
      changed ||= change !== 0;
    }
    // Where the end is followed, what is drawn ends there, however tall it is.
    if (following) return;
    if (above !== 0) scroller.current?.scrollBy({ top: above });
    if (changed) onChange();
  });
}

interface MessageProps {
  message: MessageRow;
  place: number;
  of: number;
  /** In another one it is drawn anew. */
  language: string;
}

const Message = memo(function Message({ message, place, of }: MessageProps) {
  const { level, text, source, at } = message;
  const [whole, setWhole] = useState(-1);
  const isWhole = text.length <= MAX_SHOWN || whole === message.seq;
  return (
    <div
      role="listitem"
      aria-setsize={of}
      aria-posinset={place}
      className={[classes.message, classes[level], source === 'taskdeck' ? classes.taskdeck : ''].join(' ')}
    >
      <LevelIcon level={level} />
      <div>
        <span className={classes.text}>
          {source === 'taskdeck' && <span className={classes.by}>{t('app.name')}</span>}
          {isWhole ? text : `${text.slice(0, MAX_SHOWN)}… `}
        </span>
        {!isWhole && (
          <button type="button" className={classes.more} onClick={() => setWhole(message.seq)}>
            {t('run.messages.showAll')}
          </button>
        )}
      </div>
      <time className={classes.at} dateTime={at} title={at}>
        {formatSeconds(new Date(at))}
      </time>
    </div>
  );
});

function LevelIcon({ level }: { level: MessageRow['level'] }) {
  switch (level) {
    case 'error':
      return (
        <>
          <ErrorIcon />
          <span className={classes.hidden}>{t('run.messages.error')}</span>
        </>
      );
    case 'warning':
      return (
        <>
          <WarningIcon />
          <span className={classes.hidden}>{t('run.messages.warning')}</span>
        </>
      );
    case 'info':
    case 'debug':
      return <span className={classes.dot} />;
  }
}

const ANNOUNCE_MS = 3_000;

/** Tells a screen reader the newest message now and then, not each of a thousand. */
function Announcer({ last }: { last: MessageRow | undefined }) {
  const [said, setSaid] = useState('');
  const newest = useRef('');
  useEffect(() => {
    newest.current = last?.text ?? '';
  }, [last]);
  useEffect(() => {
    const timer = setInterval(() => setSaid(newest.current.slice(0, 300)), ANNOUNCE_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className={classes.hidden} role="status">
      {said}
    </div>
  );
}
