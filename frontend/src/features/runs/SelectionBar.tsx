import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { isFinal, type BulkAction, type Run } from '@/api/types';
import { CloseIcon } from '@/components/icons';
import * as paths from '@/lib/paths';
import classes from './SelectionBar.module.css';

interface SelectionBarProps {
  runs: readonly Run[];
  onAct: (action: BulkAction) => void;
  onClear: () => void;
}

/** What can be done with the selected runs. It floats: the list does not move when it comes. */
export function SelectionBar({ runs, onAct, onClear }: SelectionBarProps) {
  const { t } = useTranslation();
  const active = runs.filter((run) => !isFinal(run.status)).length;
  const [newer, older] = runs.toSorted((a, b) => b.id - a.id);
  return (
    <div className={classes.bar} role="toolbar" aria-label={t('runs.selection.label')}>
      <span className={classes.count} role="status">
        {t('runs.selection.count', { count: runs.length })}
      </span>
      {runs.length === 2 && newer && older ? (
        <Button component={Link} to={paths.compare({ a: older.id, b: newer.id })} size="xs" variant="default">
          {t('runs.selection.compare')}
        </Button>
      ) : (
        <Tooltip label={t('runs.selection.selectTwo')}>
          <Button size="xs" variant="default" data-disabled aria-disabled="true" onClick={(event) => event.preventDefault()}>
            {t('runs.selection.compare')}
          </Button>
        </Tooltip>
      )}
      <Button size="xs" variant="default" onClick={() => onAct('rerun')}>
        {t('runs.selection.rerun')}
      </Button>
      {active > 0 && (
        <Button size="xs" variant="default" onClick={() => onAct('cancel')}>
          {t('runs.selection.cancel')}
        </Button>
      )}
      <Tooltip label={t('runs.selection.clear')}>
        <ActionIcon className={classes.clear ?? ''} aria-label={t('runs.selection.clear')} onClick={onClear}>
          <CloseIcon size={14} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
