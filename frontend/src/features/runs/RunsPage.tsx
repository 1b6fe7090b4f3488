import { Button, Select } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
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
import { statusName, STATUSES } from '@/lib/statuses';
import classes from './RunsPage.module.css';

export default function RunsPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const filters = fromSearch(search);
  const setFilters = (changed: RunFilters) => setSearch(toSearch(changed), { replace: true });
  const runs = useInfiniteQuery(queries.runs(filters));
  const list = runs.data?.pages.flatMap((page) => page.runs);

  return (
    <>
      <PageHeader title={t('runs.title')} />
      <Filters filters={filters} onChange={setFilters} />
      {runs.isError && !list && (
        <div className={classes.pad}>
          <ErrorPanel error={runs.error} title={t('runs.notLoaded')} onRetry={() => void runs.refetch()} />
        </div>
      )}
      {list?.length === 0 && <NoRuns filters={filters} onClear={() => setFilters({})} />}
      {(runs.isPending || (list && list.length > 0)) && (
        <div className={classes.scroll} aria-busy={runs.isPending || runs.isPlaceholderData}>
          <table className={classes.table}>
            <caption className={classes.hidden}>{t('runs.caption')}</caption>
            <thead>
              <tr>
                <th scope="col" className={classes.status}>
                  {t('runs.columns.status')}
                </th>
                <th scope="col">{t('runs.columns.run')}</th>
                <th scope="col" className={classes.values}>
                  {t('runs.columns.values')}
                </th>
                <th scope="col" className={classes.time}>
                  {t('runs.columns.started')}
                </th>
                <th scope="col" className={classes.duration}>
                  {t('runs.columns.duration')}
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
            <ErrorPanel error={runs.error} title={t('runs.olderNotLoaded')} onRetry={() => void runs.fetchNextPage()} />
          )}
          {runs.hasNextPage ? (
            <Button variant="default" loading={runs.isFetchingNextPage} onClick={() => void runs.fetchNextPage()}>
              {t('runs.showOlder')}
            </Button>
          ) : (
            <span className={classes.end}>{t(isFiltered(filters) ? 'runs.endFiltered' : 'runs.end')}</span>
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
  const { t } = useTranslation();
  const tasks = useQuery(queries.tasks());
  const choices = (tasks.data?.tasks ?? []).map((task) => ({ value: task.id, label: task.name }));
  // A task that was removed still has runs.
  if (filters.task && !choices.some(({ value }) => value === filters.task)) {
    choices.push({ value: filters.task, label: filters.task });
  }
  return (
    <div className={classes.filters} role="search" aria-label={t('runs.filters.label')}>
      <Select
        aria-label={t('runs.filters.task')}
        placeholder={t('runs.filters.allTasks')}
        className={classes.taskFilter}
        data={choices}
        value={filters.task ?? null}
        onChange={(task) => onChange({ ...filters, task: task ?? undefined })}
        searchable={choices.length > 8}
        openOnFocus={false}
        nothingFoundMessage={t('runs.filters.noSuchTask')}
        clearable
        clearButtonProps={{ 'aria-label': t('runs.filters.allTasks') }}
      />
      <Select
        aria-label={t('runs.filters.status')}
        placeholder={t('runs.filters.anyStatus')}
        className={classes.statusFilter}
        data={STATUSES.map((status) => ({ value: status, label: statusName(status) }))}
        value={filters.status ?? null}
        onChange={(status) => onChange({ ...filters, status: (status) ?? undefined })}
        renderOption={({ option }) => (
          <span className={classes.statusOption}>
            <StatusIcon status={option.value} size={14} />
            {option.label}
          </span>
        )}
        clearable
        clearButtonProps={{ 'aria-label': t('runs.filters.anyStatus') }}
      />
      {isFiltered(filters) && (
        <Button variant="subtle" size="xs" onClick={() => onChange({})}>
          {t('runs.filters.clear')}
        </Button>
      )}
    </div>
  );
}

function NoRuns({ filters, onClear }: { filters: RunFilters; onClear: () => void }) {
  const { t } = useTranslation();
  if (isFiltered(filters)) {
    return (
      <EmptyState
        icon={<RunsIcon />}
        title={t('runs.nothing.title')}
        action={
          <Button variant="default" onClick={onClear}>
            {t('runs.nothing.action')}
          </Button>
        }
      >
        {filters.status
          ? t(filters.task ? 'runs.nothing.taskAndStatus' : 'runs.nothing.status', { status: statusName(filters.status) })
          : t('runs.nothing.task')}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<RunsIcon />}
      title={t('runs.empty.title')}
      action={
        <Button component={Link} to={paths.tasks()}>
          {t('runs.empty.action')}
        </Button>
      }
    >
      {t('runs.empty.text')}
    </EmptyState>
  );
}
