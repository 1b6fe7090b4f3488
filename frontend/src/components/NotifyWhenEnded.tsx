import { ActionIcon, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { isFinal, type Run } from '@/api/types';
import { BellIcon } from '@/components/icons';
import * as permission from '@/lib/notificationPermission';
import * as watchedRuns from '@/lib/watchedRuns';

/** "Tell me when it ends", of a run that goes on. */
export function NotifyWhenEnded({ run }: { run: Pick<Run, 'id' | 'status'> }) {
  const { t } = useTranslation();
  const { watched } = watchedRuns.useWatchedRuns();
  const allowed = permission.useNotificationPermission();
  if (isFinal(run.status)) return null;
  const isWatched = watched.includes(run.id);
  const how = allowed === 'granted' || allowed === 'default' ? 'told' : 'toldInTab';
  const toggle = () => {
    if (isWatched) {
      watchedRuns.forget(run.id);
      return;
    }
    // Before the question: whatever the answer is, the page itself will tell.
    watchedRuns.watch(run.id);
    void permission.ask();
  };
  return (
    <Tooltip label={isWatched ? t(`components.notify.${how}`) : t('components.notify.tell')} multiline maw={280}>
      <ActionIcon
        size="lg"
        variant={isWatched ? 'light' : 'default'}
        color={isWatched ? 'accent' : 'gray'}
        aria-label={t('components.notify.tell')}
        aria-pressed={isWatched}
        onClick={toggle}
      >
        <BellIcon filled={isWatched} />
      </ActionIcon>
    </Tooltip>
  );
}
