import { useMemo } from 'react';
import { Link } from 'react-router';
import type { Run } from '@/api/types';
import { CopyButton } from '@/components/CopyButton';
import { ErrorIcon } from '@/components/icons';
import { AnsiText } from './AnsiText';
import * as failures from './failure';
import type { RunStore } from './run-store';
import { useRunState } from './useRunEvents';
import classes from './failure.module.css';

/** Why the run went wrong, where, and what to do; nothing for a run that didn't. */
export function FailurePanel({ run, store }: { run: Run; store: RunStore }) {
  const state = useRunState(store, (current) => current);
  const failure = useMemo(() => failures.of(run, state), [run, state]);
  if (!failure) return null;
  const { cell } = failure;
  return (
    // It scrolls when the traceback is unfolded, and what scrolls must be reachable by the keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={classes.panel} aria-label="What went wrong" tabIndex={0}>
      <div className={classes.head}>
        <ErrorIcon />
        <div className={classes.words}>
          <h2 className={classes.title}>{failure.title}</h2>
          {failure.reason !== '' && <p className={classes.reason}>{failure.reason}</p>}
          {cell && (
            <p className={classes.cell}>
              In <Link to={`?tab=notebook&cell=${cell.index}`}>{`cell ${cell.number ?? ''}: ${failure.cellTitle}`}</Link>
            </p>
          )}
          <p className={classes.advice}>{failure.advice}</p>
          {failure.traceback !== '' && (
            <details className={classes.details}>
              <summary>Traceback</summary>
              {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
              <pre className={classes.traceback} tabIndex={0} role="group" aria-label="Traceback">
                <AnsiText text={failure.traceback} />
              </pre>
            </details>
          )}
          <div className={classes.actions}>
            <CopyButton
              withLabel
              label="Copy for the author"
              text={() => failures.report(run, failure, new URL(`/runs/${run.id}`, location.href).href)}
            />
          </div>
        </div>
      </div>
    </section>
  );
}
