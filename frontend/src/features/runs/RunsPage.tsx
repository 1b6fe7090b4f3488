import { Button } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import * as queries from '@/api/queries';
import type { BulkAction, BulkResult, Run } from '@/api/types';
import { DurationBars } from '@/components/DurationBars';
import { EmptyState } from '@/components/EmptyState';
import { ErrorPanel } from '@/components/ErrorPanel';
import { RunsIcon } from '@/components/icons';
import { PageHeader } from '@/components/PageHeader';
import * as paths from '@/lib/paths';
import { BulkDialog } from './BulkDialog';
import { BulkNotice } from './BulkNotice';
import { FilterBar } from './FilterBar';
import { EVERYTHING, filtersOf, fromSearch, isFiltered, toSearch, type RunListView } from './filters';
import { RunTable } from './RunTable';
import { NONE, type Selection } from './selection';
import { SelectionBar } from './SelectionBar';
import { ViewTabs } from './ViewTabs';
import classes from './RunsPage.module.css';

const TYPING_MILLISECONDS = 250;

export default function RunsPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const view = useMemo(() => fromSearch(search), [search]);
  const change = (changes: Partial<RunListView>) => setSearch(toSearch({ ...view, ...changes }), { replace: true });
  const [words] = useDebouncedValue(view.words, TYPING_MILLISECONDS);
  // What was emptied is gone at once: that is a press of a button more often than typing.
  const asked = { ...view, words: view.words === '' ? '' : words };
  const place = toSearch({ ...asked, columns: [] }).toString();

  const runs = useInfiniteQuery(queries.runs(filtersOf(asked)));
  const list = useMemo(() => runs.data?.pages.flatMap((page) => page.runs), [runs.data]);
  const onlyTask = view.tasks.length === 1 ? view.tasks[0] : undefined;
  const task = useQuery({ ...queries.task(onlyTask ?? ''), enabled: onlyTask !== undefined });
  const tasks = [...new Set([...view.tasks, ...(list ?? []).map((run) => run.task)])].toSorted().slice(0, queries.TASKS_OF_DIGESTS);
  const digests = useQuery(queries.runDigests(tasks));
  const looking = list?.length === 0 && runs.hasNextPage && !runs.isFetchNextPageError;

  return (
    <div className={classes.page}>
      <PageHeader
        title={t('runs.title')}
        detail={onlyTask !== undefined && <DurationBars runs={digests.data?.tasks[onlyTask] ?? []} step={6} height={22} />}
      />
      <ViewTabs view={view} />
      <FilterBar view={view} onChange={change} parameters={onlyTask === undefined ? null : (task.data?.parameters ?? null)} />
      {runs.isError && !list && (
        <div className={classes.pad}>
          <ErrorPanel error={runs.error} title={t('runs.notLoaded')} onRetry={() => void runs.refetch()} />
        </div>
      )}
      {list?.length === 0 && !looking && !runs.isFetchNextPageError ? (
        <NoRuns filtered={isFiltered(asked)} onClear={() => change(EVERYTHING)} />
      ) : (
        !(runs.isError && !list) && (
          <Selecting key={place} runs={list ?? []}>
            {(selection, onSelect) => (
              <RunTable
                runs={looking ? null : (list ?? null)}
                stale={runs.isPlaceholderData}
                columns={onlyTask === undefined ? [] : view.columns}
                parameters={task.data?.parameters ?? null}
                digests={digests.data?.tasks}
                selection={selection}
                onSelect={onSelect}
                place={place}
                wantsMore={runs.hasNextPage && !runs.isFetching && !runs.isFetchNextPageError}
                onEnd={() => void runs.fetchNextPage()}
              >
                {runs.isFetchNextPageError ? (
                  <ErrorPanel error={runs.error} title={t('runs.olderNotLoaded')} onRetry={() => void runs.fetchNextPage()} />
                ) : runs.hasNextPage ? (
                  <Older loading={runs.isFetchingNextPage} onMore={() => void runs.fetchNextPage()} />
                ) : (
                  list && list.length > 0 && <span className={classes.end}>{t(isFiltered(asked) ? 'runs.endFiltered' : 'runs.end')}</span>
                )}
              </RunTable>
            )}
          </Selecting>
        )
      )}
    </div>
  );
}

/** Older runs come by themselves when the end is near; the button is for those who are there before them. */
function Older({ loading, onMore }: { loading: boolean; onMore: () => void }) {
  const { t } = useTranslation();
  return (
    <Button variant="default" size="xs" loading={loading} onClick={onMore}>
      {t('runs.showOlder')}
    </Button>
  );
}

interface SelectingProps {
  runs: readonly Run[];
  children: (selection: Selection, onSelect: (selection: Selection) => void) => React.ReactNode;
}

/** A list whose runs can be selected, and what can be done with the selected ones. */
function Selecting({ runs, children }: SelectingProps) {
  const [selection, setSelection] = useState<Selection>(NONE);
  const [asking, setAsking] = useState<{ action: BulkAction; runs: readonly Run[] } | null>(null);
  const [told, setTold] = useState<{ action: BulkAction; results: readonly BulkResult[] } | null>(null);
  const selected = runs.filter((run) => selection.has(run.id));
  return (
    <div className={classes.list}>
      {children(selection, (next) => {
        setTold(null);
        setSelection(next);
      })}
      {selected.length > 0 && (
        <SelectionBar
          runs={selected}
          onAct={(action) => setAsking({ action, runs: selected })}
          onClear={() => setSelection(NONE)}
        />
      )}
      {told && selected.length === 0 && (
        <BulkNotice key={told.results[0]?.run_id} action={told.action} results={told.results} onClose={() => setTold(null)} />
      )}
      {asking && (
        <BulkDialog
          action={asking.action}
          runs={asking.runs}
          onClose={() => setAsking(null)}
          onDone={(results) => {
            setTold({ action: asking.action, results });
            // What could not be done stays selected, to do something else with it.
            setSelection(new Set(results.filter((result) => !result.ok).map((result) => result.run_id)));
          }}
        />
      )}
    </div>
  );
}

function NoRuns({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const { t } = useTranslation();
  if (filtered) {
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
        {t('runs.nothing.text')}
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
