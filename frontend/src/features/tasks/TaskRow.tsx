import { Button, Skeleton } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { TaskSummary } from '@/api/types';
import { Duration } from '@/components/Duration';
import { ErrorIcon, NotebookIcon, PlayIcon, ScriptIcon } from '@/components/icons';
import { LastRuns } from '@/components/LastRuns';
import { plainText } from '@/components/plainText';
import { ProblemList } from '@/components/ProblemList';
import { Tag } from '@/components/Tag';
import { Time } from '@/components/Time';
import { useOverlay } from '@/lib/overlay';
import * as paths from '@/lib/paths';
import classes from './TasksPage.module.css';

export function TaskRow({ task }: { task: TaskSummary }) {
  const { t } = useTranslation();
  const description = useMemo(() => plainText(task.description), [task.description]);
  const overlay = useOverlay();
  const newest = task.last_runs[0];
  return (
    <li className={classes.row} data-task={task.id} data-runnable={task.runnable || undefined}>
      <div className={classes.what}>
        <span className={classes.kind} title={t(task.kind === 'notebook' ? 'tasks.row.notebook' : 'tasks.row.script')}>
          {task.kind === 'notebook' ? <NotebookIcon /> : <ScriptIcon />}
        </span>
        <div className={classes.words}>
          <div className={classes.line}>
            <Link to={paths.task(task.id)} className={classes.name}>
              {task.name}
            </Link>
            {!task.runnable && (
              <span className={classes.broken}>
                <ErrorIcon size={14} />
                {t('tasks.row.cannotRun')}
              </span>
            )}
            {task.hidden && <Tag>{t('tasks.row.hidden')}</Tag>}
            {task.tags.map((tag) => (
              <Tag key={tag}>{tag}</Tag>
            ))}
          </div>
          {description && <p className={classes.description}>{description}</p>}
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
      <Skeleton width={68} height={30} className={classes.go} />
    </li>
  );
}
