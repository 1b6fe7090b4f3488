import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import * as queries from '@/api/queries';
import type { Run } from '@/api/types';
import { EmptyState } from '@/components/EmptyState';
import { RunsIcon } from '@/components/icons';
import { plural } from '@/lib/numbers';
import * as paths from '@/lib/paths';
import classes from './page.module.css';

/** Why a queued run has not begun. */
export function Waiting({ run }: { run: Run }) {
  const health = useQuery(queries.health());
  const worker = health.data?.worker;
  if (run.waiting_for !== null) {
    return (
      <EmptyState icon={<RunsIcon />} title={`Waiting for run ${run.waiting_for} of this task`}>
        <p>
          This task runs once at a time. This run begins by itself when{' '}
          <Link to={paths.run(run.waiting_for)} className={classes.link ?? ''}>run {run.waiting_for}</Link> has ended.
        </p>
      </EmptyState>
    );
  }
  if (run.waiting?.kind === 'resources' || run.waiting?.kind === 'limit') {
    return (
      <EmptyState
        icon={<RunsIcon />}
        title={run.waiting.kind === 'limit' ? 'Waiting for other runs of this task' : 'Waiting for its share of the machine'}
      >
        <p>{run.waiting.text} This run begins by itself when others have ended.</p>
      </EmptyState>
    );
  }
  if (worker?.alive === false) {
    return (
      <EmptyState icon={<RunsIcon />} title="Waiting for the worker">
        <p>No worker is running, so nothing can begin. Ask whoever operates this server to start it; the run keeps its place.</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={<RunsIcon />} title="Waiting for a free place">
      <p>
        {worker && worker.running >= worker.limit
          ? `All ${plural(worker.limit, 'place')} are taken. This run begins by itself when one is free.`
          : 'It is about to begin.'}
      </p>
    </EmptyState>
  );
}
