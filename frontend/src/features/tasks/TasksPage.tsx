import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import * as queries from '@/api/queries';
import type { TaskList } from '@/api/types';
import { EmptyState } from '@/components/EmptyState';
import { ErrorPanel } from '@/components/ErrorPanel';
import { SearchIcon, TasksIcon } from '@/components/icons';
import { PageHeader } from '@/components/PageHeader';
import { SearchField } from '@/components/SearchField';
import { Toggle } from '@/components/Toggle';
import { EmptyProject } from '@/features/tasks/EmptyProject';
import { everything, matching, tagsOf, type TaskFilter } from '@/features/tasks/filter';
import { ProjectProblems } from '@/features/tasks/ProjectProblems';
import { TaskRow, TaskRowSkeleton } from '@/features/tasks/TaskRow';
import { useOverlay } from '@/lib/overlay';
import * as paths from '@/lib/paths';
import { useShortcuts } from '@/lib/shortcuts';
import classes from './TasksPage.module.css';

export default function TasksPage() {
  const { t } = useTranslation();
  const tasks = useQuery(queries.tasks());
  const list = tasks.data;
  const hiddenCount = list?.tasks.filter((task) => task.hidden).length ?? 0;
  const shown = list && list.tasks.length - hiddenCount;
  return (
    <>
      <PageHeader
        title={t('tasks.title')}
        detail={shown !== undefined && list && list.tasks.length > 0 && t('tasks.count', { count: shown })}
      />
      {tasks.isPending && <Loading />}
      {tasks.isError && !list && (
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
  const [filter, setFilter] = useState<TaskFilter>(everything);
  const change = (changes: Partial<TaskFilter>) => setFilter({ ...filter, ...changes });
  const found = matching(list.tasks, filter);
  const tags = tagsOf(list.tasks.filter((task) => filter.hidden || !task.hidden));
  const hiddenCount = list.tasks.filter((task) => task.hidden).length;
  useRunShortcut();

  return (
    <>
      {list.problems.length > 0 && <ProjectProblems problems={list.problems} />}
      {list.tasks.length === 0 ? (
        <EmptyProject project={list.project} broken={list.problems.length > 0} />
      ) : (
        <>
          <div className={classes.toolbar} role="search">
            <SearchField label={t('tasks.search')} value={filter.text} onChange={(text) => change({ text })} />
            {tags.length > 0 && (
              <div className={classes.tags} role="group" aria-label={t('tasks.filterByTag')}>
                {tags.map((tag) => (
                  <Toggle key={tag} pressed={filter.tag === tag} onChange={(on) => change({ tag: on ? tag : null })}>
                    {tag}
                  </Toggle>
                ))}
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
          {found.length > 0 ? (
            <div className={classes.table}>
              <div className={classes.head} aria-hidden="true">
                <span>{t('tasks.columns.task')}</span>
                <span>{t('tasks.columns.lastRuns')}</span>
                <span>{t('tasks.columns.usually')}</span>
                <span />
              </div>
              <ul className={classes.list} aria-label={t('tasks.title')}>
                {found.map((task) => (
                  <TaskRow key={task.id} task={task} />
                ))}
              </ul>
            </div>
          ) : (
            <NothingFound filter={filter} hiddenCount={hiddenCount} onChange={setFilter} />
          )}
        </>
      )}
    </>
  );
}

interface NothingFoundProps {
  filter: TaskFilter;
  hiddenCount: number;
  onChange: (filter: TaskFilter) => void;
}

function NothingFound({ filter, hiddenCount, onChange }: NothingFoundProps) {
  const { t } = useTranslation();
  if (!filter.text && filter.tag === null) {
    return (
      <EmptyState
        icon={<TasksIcon />}
        title={t('tasks.allHidden.title')}
        action={
          <Button variant="default" onClick={() => onChange({ ...filter, hidden: true })}>
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
        <Button variant="default" onClick={() => onChange({ ...everything, hidden: filter.hidden })}>
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
function sought({ text, tag }: TaskFilter, t: TFunction): string {
  if (tag === null) return t('tasks.nothing.text', { text: text.trim() });
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
