import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
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
  const status = useLiveStatus();
  const lasting = useLasting(status);
  const notice = noticeOf(lasting, worker);
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

function noticeOf(status: Status, worker: Health['worker'] | undefined): Notice | null {
  switch (status) {
    case 'offline':
      return { text: 'You are offline. What you see may be old; it is brought up to date when the network is back.' };
    case 'reconnecting':
      return {
        text: 'The server does not answer. Trying again; your runs go on without this page.',
        action: { label: 'Try now', onClick: reconnectNow },
      };
    case 'refused':
      return {
        text: 'You are signed out.',
        action: { label: 'Sign in', onClick: () => window.location.assign('/login') },
      };
    case 'connecting':
    case 'connected':
      return worker && !worker.alive
        ? { text: 'No worker is running: new runs wait until one is started. Ask the operator to check the server.' }
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
