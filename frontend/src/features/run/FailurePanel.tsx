import { Trans, useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Run } from '@/api/types';
import { CopyButton } from '@/components/CopyButton';
import { ErrorIcon } from '@/components/icons';
import { AnsiText } from '@/components/outputs/AnsiText';
import * as failures from './failure';
import type { RunStore } from './run-store';
import { useRunState } from './useRunEvents';
import classes from './failure.module.css';

/** Why the run went wrong, where, and what to do; nothing for a run that didn't. */
export function FailurePanel({ run, store }: { run: Run; store: RunStore }) {
  const { t } = useTranslation();
  const state = useRunState(store, (current) => current);
  const failure = failures.of(run, state);
  if (!failure) return null;
  const { cell } = failure;
  return (
    // It scrolls when the traceback is unfolded.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard
    <section className={classes.panel} aria-label={t('run.failure.label')} tabIndex={0}>
      <div className={classes.head}>
        <ErrorIcon />
        <div className={classes.words}>
          <h2 className={classes.title}>{failure.title}</h2>
          {failure.reason !== '' && <p className={classes.reason}>{failure.reason}</p>}
          {cell && (
            <p className={classes.cell}>
              <Trans
                i18nKey="run.failure.inCell"
                components={{
                  cell: (
                    <Link to={`?tab=notebook&cell=${cell.index}`}>
                      {t('run.failure.cell', { number: cell.number ?? '', title: failure.cellTitle })}
                    </Link>
                  ),
                }}
              />
            </p>
          )}
          <p className={classes.advice}>{failure.advice}</p>
          {failure.traceback !== '' && (
            <details className={classes.details}>
              <summary>{t('run.failure.traceback')}</summary>
              {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard */}
              <pre className={classes.traceback} tabIndex={0} role="group" aria-label={t('run.failure.traceback')}>
                <AnsiText text={failure.traceback} />
              </pre>
            </details>
          )}
          <div className={classes.actions}>
            <CopyButton
              withLabel
              label={t('run.failure.copy')}
              text={() => failures.report(run, failure, new URL(`/runs/${run.id}`, location.href).href)}
            />
          </div>
        </div>
      </div>
    </section>
  );
}
