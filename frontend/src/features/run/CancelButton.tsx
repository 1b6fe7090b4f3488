import { Button, Popover } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '@/api/client';
import * as queries from '@/api/queries';
import { applyRun } from '@/api/runCache';
import type { Run } from '@/api/types';
import { ErrorPanel } from '@/components/ErrorPanel';
import classes from './page.module.css';

/** Asks once. From then on the run is stopping, and says so until it has ended. */
export function CancelButton({ run }: { run: Run }) {
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

  if (run.cancel_requested_at !== null) {
    return (
      <Button variant="default" disabled>
        Stopping…
      </Button>
    );
  }
  return (
    <Popover opened={asking} onChange={setAsking} position="bottom-end" withArrow trapFocus shadow="md" transitionProps={{ duration: 100 }}>
      <Popover.Target>
        <Button variant="default" onClick={() => setAsking(!asking)}>
          Cancel
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Cancel this run?">
        <div className={classes.confirm}>
          <p>
            {run.status === 'queued'
              ? run.attempt === 0
                ? 'Take this run out of the queue? It has not begun.'
                : 'Cancel this run before its next attempt? What it has already written stays as it is.'
              : 'Stop this run? What it has already written stays as it is.'}
          </p>
          {cancel.isError && <ErrorPanel error={cancel.error} title="The run could not be cancelled" />}
          <div className={classes.confirmActions}>
            <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
              {run.status === 'queued' ? 'Keep waiting' : 'Keep running'}
            </Button>
            <Button color="#c2282d" loading={cancel.isPending} onClick={() => cancel.mutate()}>
              {run.status === 'queued' ? 'Cancel run' : 'Stop run'}
            </Button>
          </div>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
