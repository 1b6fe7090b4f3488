import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { ApiError, newIdempotencyKey } from '@/api/client';
import * as queries from '@/api/queries';
import { applyRun } from '@/api/runCache';
import type { NavigationItem } from '@/api/types';
import { useForgottenAfterSignIn } from '@/api/useForgottenAfterSignIn';
import { Dialog } from '@/components/Dialog';
import { ErrorPanel } from '@/components/ErrorPanel';
import { useOverlay } from '@/lib/overlay';
import * as paths from '@/lib/paths';
import classes from './SidebarActions.module.css';

interface ActionDialogProps {
  item: NavigationItem;
  onClose: () => void;
}

/** The author's question before a task is run, with his words on its buttons. */
export default function ActionDialog({ item, onClose }: ActionDialogProps) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const overlay = useOverlay();
  // One question, one run: an answer that was lost never starts a second one.
  const [key] = useState(newIdempotencyKey);
  const task = item.task ?? '';
  const start = useMutation({
    mutationFn: () => queries.startRun({ task, parameters: {}, rerun_of: null }, key),
    onSuccess: (run) => {
      applyRun(queryClient, run);
      onClose();
      void navigate(paths.run(run.id));
    },
  });
  useForgottenAfterSignIn(start);
  const needsValues = start.error instanceof ApiError && Object.keys(start.error.errors).length > 0;
  return (
    <Dialog
      opened
      onClose={onClose}
      title={item.title}
      actions={
        <>
          <Button variant="default" onClick={onClose}>
            {item.cancel_button_text || t('tasks.actions.cancel')}
          </Button>
          {needsValues ? (
            <Button component={Link} to={paths.taskRun(task)} state={overlay} onClick={onClose}>
              {t('tasks.actions.openForm')}
            </Button>
          ) : (
            <Button loading={start.isPending} onClick={() => start.mutate()} data-autofocus>
              {item.execute_button_text || t('tasks.row.run')}
            </Button>
          )}
        </>
      }
    >
      <p className={classes.prompt}>{item.prompt || t('tasks.actions.question', { task: item.title })}</p>
      {start.isError && <ErrorPanel error={start.error} title={t('tasks.actions.notStarted')} />}
    </Dialog>
  );
}
