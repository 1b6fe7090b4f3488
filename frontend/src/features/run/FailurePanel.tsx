import { Button } from '@mantine/core';
import { Trans, useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useMemo } from 'react';
import type { Run } from '@/api/types';
import { CopyButton } from '@/components/CopyButton';
import { DownloadIcon, ErrorIcon, InfoIcon } from '@/components/icons';
import * as paths from '@/lib/paths';
import { AnsiText } from '@/components/outputs/AnsiText';
import { CellStateIcon } from './CellStateIcon';
import { Code, languageOf } from '@/components/Code';
import { Scroll } from '@/components/Scroll';
import * as failures from './failure';
import type { Cell } from './run-state';
import type { RunStore } from './run-store';
import { useRunState } from './useRunEvents';
import classes from './failure.module.css';

/** Why the run went wrong, where, and what to do; nothing for a run that didn't. */
export function FailurePanel({ run, store }: { run: Run; store: RunStore }) {
  if (run.status === 'cancelled') return <Cancelled />;
  return failures.hasFailed(run) ? <Failed run={run} store={store} /> : null;
}

function Failed({ run, store }: { run: Run; store: RunStore }) {
  const { t, i18n } = useTranslation();
  const cells = useRunState(store, (state) => state.cells);
  const log = useRunState(store, (state) => state.log);
  const failure = useMemo(
    () => failures.of(run, { cells, log }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- its words are of the language on the screen
    [run, cells, log, i18n.language],
  );
  if (!failure) return null;
  const { cell } = failure;
  return (
    // It scrolls when something is unfolded.
    <Scroll as="section" role={undefined} className={classes.panel} aria-label={t('run.failure.label')}>
      <div className={classes.head}>
        <ErrorIcon />
        <div className={classes.words}>
          <h2 className={classes.title}>{failure.title}</h2>
          <p className={classes.advice}>{failure.advice}</p>
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
          <div className={classes.actions}>
            <CopyButton
              withLabel
              label={t('run.failure.copy')}
              text={() =>
                failures.report(run, failure, { ...run.facts, ...store.get().facts }, new URL(paths.run(run.id), location.href).href)
              }
            />
            <Button
              component="a"
              href={paths.runReproduction(run.id)}
              download
              variant="default"
              size="xs"
              leftSection={<DownloadIcon size={14} />}
            >
              {t('run.failure.reproduce')}
            </Button>
          </div>
          {failure.traceback !== '' && (
            <details className={classes.details}>
              <summary>{t('run.failure.traceback')}</summary>
              <Scroll as="pre" className={classes.traceback} aria-label={t('run.failure.traceback')}>
                <AnsiText text={failure.traceback} />
              </Scroll>
            </details>
          )}
          {cell && (
            <details className={classes.details}>
              <summary>
                {failure.before.length === 0 ? t('run.failure.codeAlone') : t('run.failure.code', { count: failure.before.length })}
              </summary>
              <div className={classes.code}>
                {[...failure.before, cell].map((one) => (
                  <FailureCell key={one.index} cell={one} failed={one === cell} />
                ))}
              </div>
            </details>
          )}
        </div>
      </div>
    </Scroll>
  );
}

function FailureCell({ cell, failed }: { cell: Cell; failed: boolean }) {
  const { t } = useTranslation();
  const name = t('run.notebook.cell', { number: cell.number ?? '' });
  return (
    <div className={classes.codeCell} data-failed={failed || undefined}>
      <p>
        <CellStateIcon state={cell.state} /> {name}
      </p>
      <Code code={cell.source} language={languageOf(cell.source, 'python')} label={t('run.output.code', { of: name })} />
    </div>
  );
}

/** No failure, but no result either. */
function Cancelled() {
  const { t } = useTranslation();
  return (
    <p className={classes.cancelled}>
      <InfoIcon /> {t('run.failure.cancelled')}
    </p>
  );
}
