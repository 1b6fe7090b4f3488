import '@mantine/notifications/styles.layer.css';
import { Notifications, notifications } from '@mantine/notifications';
import { useQueries, useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useEffect, useEffectEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation, useNavigate } from 'react-router';
import { ApiError } from '@/api/client';
import * as queries from '@/api/queries';
import { isFinal, type Run } from '@/api/types';
import { StatusIcon } from '@/components/StatusIcon';
import { isAttentive, useAttention } from '@/features/notices/attention';
import { setFavicon } from '@/features/notices/favicon';
import * as systemNotice from '@/features/notices/systemNotice';
import { formatDuration } from '@/lib/durations';
import * as pageTitle from '@/lib/pageTitle';
import * as paths from '@/lib/paths';
import { statusWord } from '@/lib/statuses';
import * as watchedRuns from '@/lib/watchedRuns';
import classes from './Notices.module.css';

/** A tab that somebody looks at tells first; one in the background only if none did. */
const PATIENCE_MILLISECONDS = 500;
/** A success may go by itself; anything else stays until it was seen. */
const SHOWN_MILLISECONDS = 20_000;

/** Tells that watched runs have ended: in the page to who looks at it, else by the browser and the tab's name. */
export default function Notices() {
  const { watched, ended } = watchedRuns.useWatchedRuns();
  return (
    <>
      <Notifications position="top-center" containerWidth={400} limit={4} autoClose={false} transitionDuration={140} />
      {watched.map((id) => (
        <Watched key={id} id={id} />
      ))}
      {ended.map((id) => (
        <Ended key={id} id={id} />
      ))}
      {ended.length > 0 && <Mark ids={ended} />}
    </>
  );
}

/** Notices that the run has ended, and lets the browser say so if nobody looks. */
function Watched({ id }: { id: number }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { data: run, error } = useQuery(queries.run(id));
  const isOver = run !== undefined && isFinal(run.status);
  const isGone = error instanceof ApiError && error.status === 404;

  const notice = useEffectEvent(async () => {
    const isFirst = await watchedRuns.end(id);
    if (!isFirst || !run || isAttentive()) return;
    systemNotice.show(run, wordsOf(run, t), () => void navigate(paths.run(id)));
  });
  useEffect(() => {
    if (!isOver) return;
    const timer = setTimeout(() => void notice(), isAttentive() ? 0 : PATIENCE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [isOver]);
  useEffect(() => {
    if (isGone) watchedRuns.forget(id);
  }, [isGone, id]);
  return null;
}

/** Shows the end of the run in the page, once somebody looks at it. */
function Ended({ id }: { id: number }) {
  const { t } = useTranslation();
  const attentive = useAttention();
  const here = useLocation().pathname;
  const { data: run } = useQuery(queries.run(id));
  const isKnown = run !== undefined;

  const show = useEffectEvent(async () => {
    const isFirst = await watchedRuns.see(id);
    // Its own page shows it already.
    if (!isFirst || !run || here === paths.run(id)) return;
    const { title, text } = wordsOf(run, t);
    notifications.show({
      id: `run-${id}`,
      title,
      icon: <StatusIcon status={run.status} />,
      className: classes.notice ?? '',
      autoClose: run.status === 'succeeded' ? SHOWN_MILLISECONDS : false,
      closeButtonProps: { 'aria-label': t('components.close') },
      message: (
        <>
          {text}{' '}
          <Link to={paths.run(id)} className={classes.link} onClick={() => notifications.hide(`run-${id}`)}>
            {t('notices.open')}
          </Link>
        </>
      ),
    });
  });
  useEffect(() => {
    if (attentive && isKnown) void show();
  }, [attentive, isKnown]);
  return null;
}

/** While nobody has seen it: in the name and the icon of the tab. */
function Mark({ ids }: { ids: readonly number[] }) {
  const { t } = useTranslation();
  const runs = useQueries({ queries: ids.map((id) => queries.run(id)), combine: (each) => each.map(({ data }) => data) });
  const only = runs.length === 1 ? runs[0] : undefined;
  const text = only
    ? t('notices.mark', { id: only.id, status: statusWord(only.status) })
    : t('notices.marks', { count: ids.length });
  const icon = runs.every((run) => run?.status === 'succeeded') ? 'succeeded' : 'failed';
  useEffect(() => {
    pageTitle.setMark(text);
    return () => pageTitle.setMark('');
  }, [text]);
  useEffect(() => {
    setFavicon(icon);
    return () => setFavicon('plain');
  }, [icon]);
  return null;
}

function wordsOf(run: Run, t: TFunction): systemNotice.Words {
  return {
    title: t('notices.title', { id: run.id, status: statusWord(run.status) }),
    text: run.seconds === null ? run.task_name : t('notices.took', { task: run.task_name, duration: formatDuration(run.seconds) }),
  };
}
