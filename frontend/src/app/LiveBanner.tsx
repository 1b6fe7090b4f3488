import { Button } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { reconnectNow } from '@/api/live';
import type { Health } from '@/api/types';
import { useLiveStatus } from '@/api/useLiveStatus';
import { SignIn } from '@/components/SignIn';
import { InfoIcon, WarningIcon } from '@/components/icons';
import classes from './LiveBanner.module.css';

/** A restart of the server is over sooner than this; nobody needs to hear of it. */
const PATIENCE_MILLISECONDS = 1500;

/** Says when what is on the screen may be old, and why. Goes away by itself. */
export function LiveBanner({ health }: { health: Health | undefined }) {
  const { t } = useTranslation();
  const status = useLasting(useLiveStatus());
  const isOutdated = useOutdated(health?.dashboard);
  const notice = noticeOf(status, health) ?? (isOutdated ? 'outdated' : null);
  return (
    <div role="status" className={classes.region}>
      {notice && (
        <div className={classes.banner} data-notice={notice}>
          {notice === 'outdated' ? <InfoIcon /> : <WarningIcon />}
          <span className={classes.text}>{textOf(notice, t)}</span>
          <Action notice={notice} />
        </div>
      )}
    </div>
  );
}

type Notice = 'offline' | 'reconnecting' | 'refused' | 'signedOut' | 'noWorker' | 'outdated';
type Status = ReturnType<typeof useLiveStatus>;

/** The one thing that matters most. */
function noticeOf(status: Status, health: Health | undefined): Notice | null {
  if (status === 'offline' || status === 'reconnecting') return status;
  // Who is not signed in is told that the server is up, and no more than that.
  if (health && health.version === undefined) return 'signedOut';
  if (status === 'refused') return health ? 'refused' : 'signedOut';
  return health?.worker && !health.worker.alive ? 'noWorker' : null;
}

function textOf(notice: Notice, t: TFunction): string {
  return t(`app.banner.${notice}`);
}

function Action({ notice }: { notice: Notice }) {
  const { t } = useTranslation();
  switch (notice) {
    case 'signedOut':
      return <SignIn />;
    case 'reconnecting':
    case 'refused':
      return (
        <Button size="compact-sm" variant="default" onClick={reconnectNow}>
          {t('app.banner.tryNow')}
        </Button>
      );
    case 'outdated':
      return (
        <Button size="compact-sm" variant="default" onClick={() => window.location.reload()}>
          {t('app.banner.reload')}
        </Button>
      );
    case 'offline':
    case 'noWorker':
      return null;
  }
}

/** The status, but a bad one only once it has lasted. */
function useLasting(status: Status): Status {
  const [lasting, setLasting] = useState(status);
  useEffect(() => {
    const wait = status === 'reconnecting' ? PATIENCE_MILLISECONDS : 0;
    const timer = setTimeout(() => setLasting(status), wait);
    return () => clearTimeout(timer);
  }, [status]);
  return lasting;
}

/** Whether the server has another dashboard by now than the one this page came with. */
function useOutdated(build: string | undefined): boolean {
  const [first, setFirst] = useState(build);
  if (first === undefined && build !== undefined) setFirst(build);
  return first !== undefined && build !== undefined && build !== first;
}
