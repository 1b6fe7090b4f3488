import { ActionIcon, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { StarIcon } from '@/components/icons';
import * as favourites from '@/lib/favourites';
import classes from './Star.module.css';

interface StarProps {
  task: { id: string; name: string };
  starred: boolean;
}

/** Makes a task a favourite, in this browser. */
export function Star({ task, starred }: StarProps) {
  const { t } = useTranslation();
  return (
    <Tooltip label={t(starred ? 'tasks.star.remove' : 'tasks.star.add')}>
      <ActionIcon
        size="sm"
        className={classes.star ?? ''}
        aria-pressed={starred}
        aria-label={t('tasks.star.label', { task: task.name })}
        onClick={() => favourites.set(task.id, !starred)}
      >
        <StarIcon />
      </ActionIcon>
    </Tooltip>
  );
}
