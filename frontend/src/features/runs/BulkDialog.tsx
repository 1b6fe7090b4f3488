import { Button, Progress } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { BulkAction, BulkResult, Run } from '@/api/types';
import { DANGER } from '@/components/colours';
import { Dialog } from '@/components/Dialog';
import { ErrorPanel } from '@/components/ErrorPanel';
import { CheckIcon, ErrorIcon } from '@/components/icons';
import { StatusIcon } from '@/components/StatusIcon';
import * as paths from '@/lib/paths';
import { meant, useBulk } from './bulk';
import classes from './BulkDialog.module.css';

interface BulkDialogProps {
  action: BulkAction;
  /** All that are selected, as they were when the question was asked. */
  runs: readonly Run[];
  onClose: () => void;
  onDone: (results: readonly BulkResult[]) => void;
}

/** Asks before many runs are cancelled or repeated, shows how far it came, and tells of each that could not be. */
export function BulkDialog({ action, runs, onClose, onDone }: BulkDialogProps) {
  const { t } = useTranslation();
  const [targets] = useState(() => meant(action, runs));
  const [done, setDone] = useState(false);
  const bulk = useBulk(action, (results) => {
    onDone(results);
    if (results.every((result) => result.ok)) onClose();
    else setDone(true);
  });
  const count = targets.length;
  const left = runs.length - count;
  const byRun = new Map(bulk.results.map((result) => [result.run_id, result]));
  const failed = bulk.results.filter((result) => !result.ok).length;
  return (
    <Dialog
      opened
      title={done ? t(`runs.bulk.${action}.partly`, { count: failed }) : t(`runs.bulk.${action}.title`, { count })}
      onClose={() => !bulk.working && onClose()}
      actions={
        done ? (
          <Button onClick={onClose}>{t('components.close')}</Button>
        ) : (
          <>
            <Button variant="default" disabled={bulk.working} onClick={onClose}>
              {t('runs.bulk.back')}
            </Button>
            <Button
              {...(action === 'cancel' && { color: DANGER })}
              loading={bulk.working}
              onClick={() => bulk.start(targets.map((run) => run.id))}
            >
              {t(`runs.bulk.${action}.confirm`, { count })}
            </Button>
          </>
        )
      }
    >
      <p className={classes.text}>{t(done ? 'runs.bulk.kept' : `runs.bulk.${action}.text`)}</p>
      {!done && left > 0 && <p className={classes.text}>{t('runs.bulk.ended', { count: left })}</p>}
      <ul className={classes.runs} aria-label={t('runs.bulk.which')}>
        {targets.map((run) => (
          <OneRun key={run.id} action={action} run={run} result={byRun.get(run.id)} />
        ))}
      </ul>
      {bulk.working && (
        <div className={classes.progress}>
          <Progress
            value={(bulk.results.length / Math.max(1, count)) * 100}
            aria-label={t('runs.bulk.progress', { done: bulk.results.length, count })}
            size="sm"
          />
          <span role="status">{t('runs.bulk.progress', { done: bulk.results.length, count })}</span>
        </div>
      )}
      {!bulk.working && bulk.error !== null && (
        <ErrorPanel error={bulk.error} title={t('runs.bulk.brokenOff')} onRetry={() => bulk.start(targets.map((run) => run.id))} />
      )}
    </Dialog>
  );
}

function OneRun({ action, run, result }: { action: BulkAction; run: Run; result: BulkResult | undefined }) {
  const { t } = useTranslation();
  return (
    <li className={classes.run}>
      {result ? (
        <span className={classes.mark} data-ok={result.ok}>
          {result.ok ? <CheckIcon size={14} /> : <ErrorIcon size={14} />}
        </span>
      ) : (
        <StatusIcon status={run.status} size={14} />
      )}
      <div className={classes.what}>
        <span>
          {run.task_name} <span className={classes.id}>{run.id}</span>
        </span>
        {result && !result.ok && <div className={classes.problem}>{result.problem}</div>}
        {result?.ok && action === 'cancel' && <div className={classes.outcome}>{t('runs.bulk.cancel.one')}</div>}
        {result?.ok && result.new_run_id !== null && (
          <div className={classes.outcome}>
            <Link to={paths.run(result.new_run_id)}>{t('runs.bulk.rerun.one', { id: result.new_run_id })}</Link>
          </div>
        )}
      </div>
    </li>
  );
}
