import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Outlet, useNavigate } from 'react-router';
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
import { plural } from '@/lib/numbers';
import * as paths from '@/lib/paths';
import { useShortcuts } from '@/lib/shortcuts';
import classes from './TasksPage.module.css';

export default function TasksPage() {
  const tasks = useQuery(queries.tasks());
  const list = tasks.data;
  const hiddenCount = list?.tasks.filter((task) => task.hidden).length ?? 0;
  const shown = list && list.tasks.length - hiddenCount;
  return (
    <>
      <PageHeader
        title="Tasks"
        detail={shown !== undefined && list && list.tasks.length > 0 && plural(shown, 'task')}
      />
      {tasks.isPending && <Loading />}
      {tasks.isError && !list && (
        <div className={classes.pad}>
          <ErrorPanel error={tasks.error} title="The tasks could not be loaded" onRetry={() => void tasks.refetch()} />
        </div>
      )}
      {list && <Catalogue list={list} />}
      {/* The run drawer. */}
      <Outlet />
    </>
  );
}

function Catalogue({ list }: { list: TaskList }) {
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
            <SearchField label="Search tasks" value={filter.text} onChange={(text) => change({ text })} />
            {tags.length > 0 && (
              <div className={classes.tags} role="group" aria-label="Filter by tag">
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
                  Show hidden ({hiddenCount})
                </Toggle>
              </div>
            )}
          </div>
          {found.length > 0 ? (
            <div className={classes.table}>
              <div className={classes.head} aria-hidden="true">
                <span>Task</span>
                <span>Last runs</span>
                <span>Usually</span>
                <span />
              </div>
              <ul className={classes.list} aria-label="Tasks">
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
  if (!filter.text && filter.tag === null) {
    return (
      <EmptyState
        icon={<TasksIcon />}
        title="All tasks of this project are hidden"
        action={
          <Button variant="default" onClick={() => onChange({ ...filter, hidden: true })}>
            Show {plural(hiddenCount, 'hidden task')}
          </Button>
        }
      >
        Their authors left them out of this list. They can be run all the same.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<SearchIcon />}
      title="No task matches"
      action={
        <Button variant="default" onClick={() => onChange({ ...everything, hidden: filter.hidden })}>
          Clear the search
        </Button>
      }
    >
      {filter.text ? `Nothing contains “${filter.text.trim()}”` : 'No task is left'}
      {filter.tag !== null && ` with the tag “${filter.tag}”`}
      {!filter.hidden && hiddenCount > 0 && '. Hidden tasks were not searched'}.
    </EmptyState>
  );
}

/** `r` opens the task under the cursor of the keyboard, else the first one. */
function useRunShortcut() {
  const navigate = useNavigate();
  useShortcuts({
    r: () => {
      const row = document.activeElement?.closest('[data-task]') ?? document.querySelector('[data-task][data-runnable]');
      const id = row?.getAttribute('data-task');
      if (id) void navigate(paths.task(id));
    },
  });
}

function Loading() {
  return (
    <div aria-busy="true" role="status" aria-label="Loading the tasks">
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
