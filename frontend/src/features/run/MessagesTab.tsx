import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isFinal, type Run } from '@/api/types';
import { EmptyState } from '@/components/EmptyState';
import { Scroll } from '@/components/Scroll';
import { ErrorIcon, WarningIcon } from '@/components/icons';
import { formatSeconds } from '@/lib/times';
import { FailurePanel } from './FailurePanel';
import { ProgressBars } from './ProgressBars';
import type { MessageRow } from './run-state';
import type { RunStore } from './run-store';
import { TailButton } from './TailButton';
import { useRunState } from './useRunEvents';
import { useTail } from './useTail';
import classes from './lists.module.css';

interface MessagesTabProps {
  run: Run;
  store: RunStore;
}

/** A message of one line; measured as soon as it is drawn. */
const ROW_HEIGHT = 34;
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

function lastRows(count: number, height: number): number[] {
  const first = Math.max(0, count - Math.ceil(height / ROW_HEIGHT) - 4);
  return Array.from({ length: count - first }, (_, offset) => first + offset);
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
  const { t } = useTranslation();
  const messages = useRunState(store, (state) => state.messages);
  const scroller = useRef<HTMLDivElement>(null);
  const [initially] = useState(run.status !== 'succeeded');
  const tail = useTail(scroller, messages.end, initially);
  // eslint-disable-next-line react-hooks/incompatible-library -- nothing below is memoised by what the virtualizer returns
  const virtualizer = useVirtualizer({
    count: messages.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (position) => messages.first + position,
    overscan: 12,
    // While the end is followed, its rows are drawn in the frame in which they come, before the scrolling is noticed.
    rangeExtractor: (range) => (tail.following ? lastRows(range.count, scroller.current?.clientHeight ?? FIRST_VIEW) : defaultRangeExtractor(range)),
    paddingStart: 8,
    paddingEnd: 8,
  });

  return (
    <>
      {messages.first > 0 && (
        <p className={classes.forgotten}>{t('run.messages.forgotten', { count: messages.first })}</p>
      )}
      <Scroll
        ref={scroller}
        className={classes.scroller}
        onScroll={tail.onScroll}
        onWheel={tail.onWheel}
        role="region"
        aria-label={t('run.messages.label')}
      >
        <div className={classes.space} role="list" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((item) => {
            const index = messages.first + item.index;
            const message = messages.get(index);
            return (
              message && (
                <div
                  key={item.key}
                  ref={virtualizer.measureElement}
                  data-index={item.index}
                  role="listitem"
                  aria-setsize={messages.end}
                  aria-posinset={index + 1}
                  className={[
                    classes.message,
                    classes[message.level],
                    message.source === 'taskdeck' ? classes.taskdeck : '',
                  ].join(' ')}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <Message message={message} />
                </div>
              )
            );
          })}
        </div>
      </Scroll>
      <TailButton following={tail.following} unseen={tail.unseen} of="messages" onClick={tail.follow} />
      {!isFinal(run.status) && <Announcer last={messages.last()} />}
    </>
  );
}

const Message = memo(function Message({ message }: { message: MessageRow }) {
  const { t } = useTranslation();
  const [whole, setWhole] = useState(message.text.length <= MAX_SHOWN);
  return (
    <>
      <LevelIcon level={message.level} />
      <div>
        <span className={classes.text}>
          {message.source === 'taskdeck' && <span className={classes.by}>{t('app.name')}</span>}
          {whole ? message.text : `${message.text.slice(0, MAX_SHOWN)}… `}
        </span>
        {!whole && (
          <button type="button" className={classes.more} onClick={() => setWhole(true)}>
            {t('run.messages.showAll')}
          </button>
        )}
      </div>
      <time className={classes.at} dateTime={message.at} title={message.at}>
        {formatSeconds(new Date(message.at))}
      </time>
    </>
  );
});

function LevelIcon({ level }: { level: MessageRow['level'] }) {
  const { t } = useTranslation();
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
