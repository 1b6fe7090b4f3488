import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import * as queries from '@/api/queries';
import type { TaskList } from '@/api/types';
import { EmptyState } from '@/components/EmptyState';
import { ErrorPanel } from '@/components/ErrorPanel';
import { SearchIcon, StarIcon, TasksIcon } from '@/components/icons';
import { PageHeader } from '@/components/PageHeader';
import { SearchField } from '@/components/SearchField';
import { Strip } from '@/components/Strip';
import { Toggle } from '@/components/Toggle';
import * as filters from '@/features/tasks/filter';
import type { TaskFilter } from '@/features/tasks/filter';
import { ProjectProblems } from '@/features/tasks/ProjectProblems';
import { searchable, wordsOf } from '@/features/tasks/search';
import { SidebarActions } from '@/features/tasks/SidebarActions';
import { focusFirstRow, TaskRow, TaskRowSkeleton } from '@/features/tasks/TaskRow';
import { useFavourites } from '@/lib/favourites';
import { useOverlay } from '@/lib/overlay';
import * as paths from '@/lib/paths';
import { useShortcuts } from '@/lib/shortcuts';
import { useSearchText } from '@/lib/useSearchText';
import classes from './TasksPage.module.css';

const EmptyProject = lazy(() => import('@/features/tasks/EmptyProject'));

export default function TasksPage() {
  const { t } = useTranslation();
  const tasks = useQuery(queries.tasks());
  const navigation = useQuery(queries.navigation());
  // On a phone the actions stand above the list, and would push it down if they came after it.
  const isWaiting = tasks.isPending || (!navigation.isFetched && navigation.failureCount === 0);
  const list = isWaiting ? undefined : tasks.data;
  const hiddenCount = list?.tasks.filter((task) => task.hidden).length ?? 0;
  const shown = list && list.tasks.length - hiddenCount;
  return (
    <>
      <PageHeader
        title={t('tasks.title')}
        detail={shown !== undefined && list && list.tasks.length > 0 && t('tasks.count', { count: shown })}
      />
      {!isWaiting && <SidebarActions place="page" />}
      {isWaiting && <Loading />}
      {tasks.isError && !tasks.data && !isWaiting && (
        <div className={classes.pad}>
          <ErrorPanel error={tasks.error} title={t('tasks.notLoaded')} onRetry={() => void tasks.refetch()} />
        </div>
      )}
      {list && <Catalogue list={list} />}
    </>
  );
}

function Catalogue({ list }: { list: TaskList }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const [text, setText] = useSearchText(filters.TEXT);
  const starred = useFavourites();
  const filter: TaskFilter = { ...filters.fromAddress(search), text };
  const all = useMemo(() => list.tasks.map(searchable), [list.tasks]);
  const found = filters.matching(all, filter, starred);
  const words = wordsOf(text);
  const tags = filters.tagsOf(list.tasks.filter((task) => filter.hidden || !task.hidden));
  const hiddenCount = list.tasks.filter((task) => task.hidden).length;
  const starredCount = list.tasks.filter((task) => starred.includes(task.id)).length;
  useRunShortcut();

  const change = (changes: Partial<TaskFilter>) => {
    if (changes.text !== undefined) setText(changes.text);
    setSearch(filters.toAddress({ ...filter, ...changes }), { replace: true });
  };
  const openFirst = () => {
    const [first] = found;
    if (first && text) void navigate(paths.task(first.task.id));
  };

  return (
    <>
      {list.problems.length > 0 && <ProjectProblems problems={list.problems} />}
      {list.tasks.length === 0 ? (
        <Suspense fallback={null}>
          <EmptyProject
            project={list.project}
            broken={list.problems.some(({ severity }) => severity === 'error')}
            sampleOffered={list.sample_offered}
          />
        </Suspense>
      ) : (
        <>
          <div className={classes.toolbar} role="search">
            <SearchField label={t('tasks.search')} value={text} onChange={setText} onDown={focusFirstRow} onEnter={openFirst} />
            {(starredCount > 0 || filter.favourites) && (
              <Toggle pressed={filter.favourites} onChange={(favourites) => change({ favourites })}>
                <StarIcon size={13} className={classes.starred} /> {t('tasks.favourites', { count: starredCount })}
              </Toggle>
            )}
            {tags.length > 0 && (
              <div className={classes.tagStrip}>
                <Strip>
                  <div className={classes.tags} role="group" aria-label={t('tasks.filterByTag')}>
                    {tags.map((tag) => (
                      <Toggle
                        key={tag}
                        pressed={filter.tags.includes(tag)}
                        onChange={(on) => change({ tags: on ? [...filter.tags, tag] : filter.tags.filter((other) => other !== tag) })}
                      >
                        {tag}
                      </Toggle>
                    ))}
                  </div>
                </Strip>
              </div>
            )}
            {hiddenCount > 0 && (
              <div className={classes.hiddenToggle}>
                <Toggle pressed={filter.hidden} onChange={(hidden) => change({ hidden })}>
                  {t('tasks.showHidden', { count: hiddenCount })}
                </Toggle>
              </div>
            )}
          </div>
          <p role="status" className={classes.spoken}>
            {isNarrowed(filter) && t('tasks.found', { count: found.length })}
          </p>
          {found.length > 0 ? (
            <div className={classes.table}>
              <div className={classes.head} aria-hidden="true">
                <span>{t('tasks.columns.task')}</span>
                <span>{t('tasks.columns.lastRuns')}</span>
                <span>{t('tasks.columns.usually')}</span>
                <span />
              </div>
              <ul className={classes.list} aria-label={t('tasks.title')}>
                {found.map((each) => (
                  <TaskRow key={each.task.id} found={each} words={words} starred={starred.includes(each.task.id)} />
                ))}
              </ul>
            </div>
          ) : (
            <NothingFound filter={filter} hiddenCount={hiddenCount} onChange={change} />
          )}
        </>
      )}
    </>
  );
}

function isNarrowed({ text, tags, favourites }: TaskFilter): boolean {
  return text.trim() !== '' || tags.length > 0 || favourites;
}

interface NothingFoundProps {
  filter: TaskFilter;
  hiddenCount: number;
  onChange: (changes: Partial<TaskFilter>) => void;
}

function NothingFound({ filter, hiddenCount, onChange }: NothingFoundProps) {
  const { t } = useTranslation();
  if (!isNarrowed(filter)) {
    return (
      <EmptyState
        icon={<TasksIcon />}
        title={t('tasks.allHidden.title')}
        action={
          <Button variant="default" onClick={() => onChange({ hidden: true })}>
            {t('tasks.allHidden.action', { count: hiddenCount })}
          </Button>
        }
      >
        {t('tasks.allHidden.text')}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<SearchIcon />}
      title={t('tasks.nothing.title')}
      action={
        <Button variant="default" onClick={() => onChange({ ...filters.everything, hidden: filter.hidden })}>
          {t('tasks.nothing.clear')}
        </Button>
      }
    >
      {t(!filter.hidden && hiddenCount > 0 ? 'tasks.nothing.hiddenLeftOut' : 'tasks.nothing.all', {
        found: sought(filter, t),
      })}
    </EmptyState>
  );
}

/** What was looked for in vain, without a full stop. */
function sought({ text, tags, favourites }: TaskFilter, t: TFunction): string {
  const tag = tags.join(', ');
  if (favourites) return t('tasks.nothing.favourites');
  if (tag === '') return t('tasks.nothing.text', { text: text.trim() });
  return text ? t('tasks.nothing.textAndTag', { text: text.trim(), tag }) : t('tasks.nothing.tag', { tag });
}

/** `r` opens the form of the task under the cursor of the keyboard, else the first one. */
function useRunShortcut() {
  const navigate = useNavigate();
  const overlay = useOverlay();
  useShortcuts({
    r: () => {
      const row = document.activeElement?.closest('[data-task]') ?? document.querySelector('[data-task][data-runnable]');
      const id = row?.getAttribute('data-task');
      if (id) void navigate(paths.taskRun(id), { state: overlay });
    },
  });
}

function Loading() {
  const { t } = useTranslation();
  return (
    <div aria-busy="true" role="status" aria-label={t('tasks.loading')}>
      <div className={classes.toolbar}>
        <Skeleton width={320} maw="100%" height={36} />
      </div>
      <div className={classes.table}>
        <div className={classes.head} />
        <ul className={classes.list}>
          {Array.from({ length: 6 }, (_, index) => (
            <TaskRowSkeleton key={index} />
          ))}
        </ul>
      </div>
    </div>
  );
}
