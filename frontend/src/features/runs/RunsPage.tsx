import { Button, Select } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import * as queries from '@/api/queries';
import type { RunFilters } from '@/api/queries';
import { EmptyState } from '@/components/EmptyState';
import { ErrorPanel } from '@/components/ErrorPanel';
import { RunsIcon } from '@/components/icons';
import { PageHeader } from '@/components/PageHeader';
import { StatusIcon } from '@/components/StatusIcon';
import { fromSearch, isFiltered, toSearch } from '@/features/runs/filters';
import { RunRow, RunRowSkeleton } from '@/features/runs/RunRow';
import * as paths from '@/lib/paths';
import { STATUS_WORDS, STATUSES } from '@/lib/statuses';
import classes from './RunsPage.module.css';

export default function RunsPage() {
  const [search, setSearch] = useSearchParams();
  const filters = fromSearch(search);
  const setFilters = (changed: RunFilters) => setSearch(toSearch(changed), { replace: true });
  const runs = useInfiniteQuery(queries.runs(filters));
  const list = runs.data?.pages.flatMap((page) => page.runs);

  return (
    <>
      <PageHeader title="Runs" />
      <Filters filters={filters} onChange={setFilters} />
      {runs.isError && !list && (
        <div className={classes.pad}>
          <ErrorPanel error={runs.error} title="The runs could not be loaded" onRetry={() => void runs.refetch()} />
        </div>
      )}
      {list?.length === 0 && <NoRuns filters={filters} onClear={() => setFilters({})} />}
      {(runs.isPending || (list && list.length > 0)) && (
        <div className={classes.scroll} aria-busy={runs.isPending || runs.isPlaceholderData}>
          <table className={classes.table}>
            <caption className={classes.hidden}>Runs, the newest first</caption>
            <thead>
              <tr>
                <th scope="col" className={classes.status}>
                  Status
                </th>
                <th scope="col">Run</th>
                <th scope="col" className={classes.values}>
                  Values
                </th>
                <th scope="col" className={classes.time}>
                  Started
                </th>
                <th scope="col" className={classes.duration}>
                  Duration
                </th>
              </tr>
            </thead>
            <tbody data-stale={runs.isPlaceholderData || undefined}>
              {list
                ? list.map((run) => <RunRow key={run.id} run={run} />)
                : Array.from({ length: 12 }, (_, index) => <RunRowSkeleton key={index} />)}
            </tbody>
          </table>
        </div>
      )}
      {list && list.length > 0 && (
        <div className={classes.more}>
          {runs.isFetchNextPageError && (
            <ErrorPanel error={runs.error} title="Older runs could not be loaded" onRetry={() => void runs.fetchNextPage()} />
          )}
          {runs.hasNextPage ? (
            <Button variant="default" loading={runs.isFetchingNextPage} onClick={() => void runs.fetchNextPage()}>
              Show older runs
            </Button>
          ) : (
            <span className={classes.end}>These are all runs{isFiltered(filters) && ' that match'}.</span>
          )}
        </div>
      )}
    </>
  );
}

interface FiltersProps {
  filters: RunFilters;
  onChange: (filters: RunFilters) => void;
}

function Filters({ filters, onChange }: FiltersProps) {
  const tasks = useQuery(queries.tasks());
  const choices = (tasks.data?.tasks ?? []).map((task) => ({ value: task.id, label: task.name }));
  // A task that was removed still has runs.
  if (filters.task && !choices.some(({ value }) => value === filters.task)) {
    choices.push({ value: filters.task, label: filters.task });
  }
  return (
    <div className={classes.filters} role="search" aria-label="Filter the runs">
      <Select
        aria-label="Task"
        placeholder="All tasks"
        className={classes.taskFilter}
        data={choices}
        value={filters.task ?? null}
        onChange={(task) => onChange({ ...filters, task: task ?? undefined })}
        searchable={choices.length > 8}
        openOnFocus={false}
        nothingFoundMessage="No such task"
        clearable
        clearButtonProps={{ 'aria-label': 'All tasks' }}
      />
      <Select
        aria-label="Status"
        placeholder="Any status"
        className={classes.statusFilter}
        data={STATUSES.map((status) => ({ value: status, label: STATUS_WORDS[status] }))}
        value={filters.status ?? null}
        onChange={(status) => onChange({ ...filters, status: (status) ?? undefined })}
        renderOption={({ option }) => (
          <span className={classes.statusOption}>
            <StatusIcon status={option.value} size={14} />
            {option.label}
          </span>
        )}
        clearable
        clearButtonProps={{ 'aria-label': 'Any status' }}
      />
      {isFiltered(filters) && (
        <Button variant="subtle" size="xs" onClick={() => onChange({})}>
          Clear
        </Button>
      )}
    </div>
  );
}

function NoRuns({ filters, onClear }: { filters: RunFilters; onClear: () => void }) {
  if (isFiltered(filters)) {
    return (
      <EmptyState
        icon={<RunsIcon />}
        title="No run matches"
        action={
          <Button variant="default" onClick={onClear}>
            Show all runs
          </Button>
        }
      >
        {filters.status ? `No run ${filters.task ? 'of this task ' : ''}has the status “${STATUS_WORDS[filters.status]}”.` : 'This task was not run yet.'}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<RunsIcon />}
      title="Nothing was run yet"
      action={
        <Button component={Link} to={paths.tasks()}>
          Choose a task
        </Button>
      }
    >
      Every run of a task is kept here, with its messages, its results and how it ended.
    </EmptyState>
  );
}
