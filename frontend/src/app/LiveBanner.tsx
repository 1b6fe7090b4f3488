import { Button } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { reconnectNow } from '@/api/live';
import type { Health } from '@/api/types';
import { useLiveStatus } from '@/api/useLiveStatus';
import { WarningIcon } from '@/components/icons';
import classes from './LiveBanner.module.css';

/** A restart of the server is over sooner than this; nobody needs to hear of it. */
const PATIENCE_MILLISECONDS = 1500;

interface Notice {
  text: string;
  action?: { label: string; onClick: () => void };
}

/** Says when what is on the screen may be old, and why. Goes away by itself. */
export function LiveBanner({ worker }: { worker: Health['worker'] | undefined }) {
  const { t } = useTranslation();
  const status = useLiveStatus();
  const lasting = useLasting(status);
  const notice = noticeOf(lasting, worker, t);
  return (
    <div role="status" className={classes.region}>
      {notice && (
        <div className={classes.banner}>
          <WarningIcon />
          <span className={classes.text}>{notice.text}</span>
          {notice.action && (
            <Button size="compact-xs" variant="default" onClick={notice.action.onClick}>
              {notice.action.label}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

type Status = ReturnType<typeof useLiveStatus>;

function noticeOf(status: Status, worker: Health['worker'] | undefined, t: TFunction): Notice | null {
  switch (status) {
    case 'offline':
      return { text: t('app.banner.offline') };
    case 'reconnecting':
      return {
        text: t('app.banner.reconnecting'),
        action: { label: t('app.banner.tryNow'), onClick: reconnectNow },
      };
    case 'refused':
      return {
        text: t('app.banner.signedOut'),
        action: { label: t('app.banner.signIn'), onClick: () => window.location.assign('/login') },
      };
    case 'connecting':
    case 'connected':
      return worker && !worker.alive
        ? { text: t('app.banner.noWorker') }
        : null;
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
