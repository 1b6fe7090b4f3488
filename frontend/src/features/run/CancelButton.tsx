import { Button, Popover } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/client';
import * as queries from '@/api/queries';
import { applyRun } from '@/api/runCache';
import type { Run } from '@/api/types';
import { useForgottenAfterSignIn } from '@/api/useForgottenAfterSignIn';
import { DANGER } from '@/components/colours';
import { ErrorPanel } from '@/components/ErrorPanel';
import classes from './page.module.css';

/** Asks once. From then on the run is stopping, and says so until it has ended. */
export function CancelButton({ run }: { run: Run }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  const cancel = useMutation({
    mutationFn: () => queries.cancelRun(run.id),
    onSuccess: (stopping) => {
      applyRun(queryClient, stopping);
      setAsking(false);
    },
    onError: (error) => {
      // It ended by itself in the meantime.
      if (error instanceof ApiError && error.status === 409) {
        setAsking(false);
        void queryClient.invalidateQueries({ queryKey: ['run', run.id], exact: true });
      }
    },
  });
  useForgottenAfterSignIn(cancel);

  if (run.cancel_requested_at !== null) {
    return (
      <Button variant="default" disabled>
        {t('run.cancel.stopping')}
      </Button>
    );
  }
  return (
    <Popover opened={asking} onChange={setAsking} position="bottom-end" withArrow trapFocus shadow="md" transitionProps={{ duration: 100 }}>
      <Popover.Target>
        <Button variant="default" onClick={() => setAsking(!asking)}>
          {t('run.cancel.action')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('run.cancel.label')}>
        <div className={classes.confirm}>
          <p>
            {run.status !== 'queued'
              ? t('run.cancel.running')
              : t(run.attempt === 0 ? 'run.cancel.queued' : 'run.cancel.betweenAttempts')}
          </p>
          {cancel.isError && <ErrorPanel error={cancel.error} title={t('run.cancel.failed')} />}
          <div className={classes.confirmActions}>
            <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
              {t(run.status === 'queued' ? 'run.cancel.keepWaiting' : 'run.cancel.keepRunning')}
            </Button>
            <Button color={DANGER} loading={cancel.isPending} onClick={() => cancel.mutate()}>
              {t(run.status === 'queued' ? 'run.cancel.cancelRun' : 'run.cancel.stopRun')}
            </Button>
          </div>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
