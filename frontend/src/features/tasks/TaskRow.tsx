import { Button, Skeleton } from '@mantine/core';
import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Duration } from '@/components/Duration';
import { ErrorIcon, NotebookIcon, PlayIcon, ScriptIcon } from '@/components/icons';
import { LastRuns } from '@/components/LastRuns';
import { ProblemList } from '@/components/ProblemList';
import { Tag } from '@/components/Tag';
import { Time } from '@/components/Time';
import { Marked } from '@/features/tasks/Marked';
import { score, type Searchable } from '@/features/tasks/search';
import { Star } from '@/features/tasks/Star';
import { useOverlay } from '@/lib/overlay';
import * as paths from '@/lib/paths';
import classes from './TasksPage.module.css';

interface TaskRowProps {
  found: Searchable;
  /** What was searched for. */
  words: readonly string[];
  starred: boolean;
}

export function TaskRow({ found, words, starred }: TaskRowProps) {
  const { t } = useTranslation();
  const { task, description } = found;
  const overlay = useOverlay();
  const newest = task.last_runs[0];
  const folded = found.folded;
  const byId = words.length > 0 && score({ ...found, folded: { ...folded, id: '' } }, words) === 0;
  const inDescription = words.some((word) => folded.description.includes(word));
  return (
    <li className={classes.row} data-task={task.id} data-runnable={task.runnable || undefined}>
      <div className={classes.what}>
        <span className={classes.kind} title={t(task.kind === 'notebook' ? 'tasks.row.notebook' : 'tasks.row.script')}>
          {task.kind === 'notebook' ? <NotebookIcon /> : <ScriptIcon />}
        </span>
        <div className={classes.words}>
          <div className={classes.line}>
            <Link to={paths.task(task.id)} className={classes.name} data-row onKeyDown={moveAmongRows}>
              <Marked text={task.name} words={words} />
            </Link>
            {byId && (
              <code>
                <Marked text={task.id} words={words} />
              </code>
            )}
            {!task.runnable && (
              <span className={classes.broken}>
                <ErrorIcon size={14} />
                {t('tasks.row.cannotRun')}
              </span>
            )}
            {task.hidden && <Tag>{t('tasks.row.hidden')}</Tag>}
            {task.tags.map((tag) => (
              <Tag key={tag}>
                <Marked text={tag} words={words} />
              </Tag>
            ))}
          </div>
          {description && (
            <p className={classes.description} data-whole={inDescription || undefined}>
              <Marked text={description} words={words} />
            </p>
          )}
          {task.problems.length > 0 && (
            <div className={classes.problems}>
              <ProblemList problems={task.problems} />
            </div>
          )}
        </div>
      </div>
      <div className={classes.last}>
        <div className={classes.above}>
          <LastRuns runs={task.last_runs} />
        </div>
        {newest && (
          <span className={`${classes.small ?? ''} ${classes.above ?? ''}`}>
            <Time at={newest.created_at} />
          </span>
        )}
      </div>
      <div className={classes.usual}>
        {task.typical_seconds !== null && (
          <span title={t('tasks.row.median')}>
            <Duration seconds={task.typical_seconds} />
          </span>
        )}
      </div>
      <div className={`${classes.go ?? ''} ${classes.above ?? ''}`}>
        <Star task={task} starred={starred} />
        {task.runnable && (
          <Button
            component={Link}
            to={paths.taskRun(task.id)}
            state={overlay}
            variant="default"
            size="xs"
            leftSection={<PlayIcon size={12} />}
            aria-label={t('tasks.row.runTask', { task: task.name })}
          >
            {t('tasks.row.run')}
          </Button>
        )}
      </div>
    </li>
  );
}

const STEPS: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => Math.min(at + 1, count - 1),
  ArrowUp: (at) => at - 1,
  Home: () => 0,
  End: (_, count) => count - 1,
};

/** From the first row, upwards leads back to the search. */
function moveAmongRows(event: KeyboardEvent<HTMLElement>) {
  const step = STEPS[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  event.preventDefault();
  const all = rows();
  const next = step(all.indexOf(event.currentTarget), all.length);
  (all[next] ?? document.querySelector<HTMLElement>('main input[type="search"]'))?.focus();
}

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('[data-task] [data-row]')];
}

export function focusFirstRow(): void {
  rows()[0]?.focus();
}

export function TaskRowSkeleton() {
  return (
    <li className={classes.row}>
      <div className={classes.what}>
        <Skeleton width={16} height={16} mt={3} />
        <div className={classes.words}>
          <Skeleton width={180} height={13} mt={4} />
          <Skeleton width="min(500px, 45vw)" height={11} mt={10} />
          <Skeleton width="min(440px, 40vw)" height={11} mt={10} mb={5} />
        </div>
      </div>
      <div className={classes.last}>
        <Skeleton width={150} height={14} mt={5} />
      </div>
      <Skeleton width={70} height={12} mt={4} className={classes.usual} />
      <Skeleton width={100} height={30} className={classes.go} />
    </li>
  );
}
