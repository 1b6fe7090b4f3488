import { ActionIcon, Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { BulkAction, BulkResult } from '@/api/types';
import { CloseIcon } from '@/components/icons';
import { useBulk } from './bulk';
import classes from './SelectionBar.module.css';

interface BulkNoticeProps {
  action: BulkAction;
  results: readonly BulkResult[];
  onClose: () => void;
}

/** What became of the runs; those that were started can be stopped again from here. */
export function BulkNotice({ action, results, onClose }: BulkNoticeProps) {
  const { t } = useTranslation();
  const done = results.filter((result) => result.ok);
  const started = done.flatMap((result) => (result.new_run_id === null ? [] : [result.new_run_id]));
  const undo = useBulk('cancel', () => undefined);
  const refused = undo.results.filter((result) => !result.ok);
  const undone = undo.results.length > 0 && !undo.working;
  return (
    <div className={classes.bar} role="status">
      <span className={classes.text}>
        {undo.error !== null && !undo.working
          ? t('runs.bulk.undoFailed')
          : undone
            ? t(refused.length > 0 ? 'runs.bulk.undonePartly' : 'runs.bulk.undone', {
                count: refused.length > 0 ? refused.length : undo.results.length,
              })
            : t(`runs.bulk.${action}.done`, { count: done.length })}
      </span>
      {started.length > 0 && !undone && (
        <Button size="compact-xs" variant="default" loading={undo.working} onClick={() => undo.start(started)}>
          {t('runs.bulk.undo')}
        </Button>
      )}
      <ActionIcon size="sm" aria-label={t('components.close')} onClick={onClose}>
        <CloseIcon size={13} />
      </ActionIcon>
    </div>
  );
}
