import { Button, Popover } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import type { LastRun } from '@/api/types';
import { RunsIcon } from '@/components/icons';
import { StatusIcon } from '@/components/StatusIcon';
import { statusWord } from '@/lib/statuses';
import { formatTime } from '@/lib/times';
import classes from './RunDrawer.module.css';

interface RunChoiceProps {
  runs: LastRun[];
  loading: boolean;
  onChoose: (id: number) => void;
}

/** One of the last runs, to take its values. */
export function RunChoice({ runs, loading, onChoose }: RunChoiceProps) {
  const { t } = useTranslation();
  const [opened, { toggle, close }] = useDisclosure(false);
  return (
    <Popover
      opened={opened}
      onDismiss={close}
      position="bottom-end"
      shadow="md"
      withinPortal={false}
      returnFocus
      transitionProps={{ duration: 100 }}
    >
      <Popover.Target>
        <Button size="compact-xs" variant="subtle" leftSection={<RunsIcon size={13} />} loading={loading} onClick={toggle}>
          {t('runDrawer.choice.open')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.choice} aria-label={t('runDrawer.choice.label')}>
        <ul className={classes.choices}>
          {runs.map((run) => (
            <li key={run.id}>
              <button
                type="button"
                className={classes.choiceButton}
                onClick={() => {
                  close();
                  onChoose(run.id);
                }}
              >
                <StatusIcon status={run.status} size={14} />
                <span>{t('runDrawer.choice.use', { id: run.id })}</span>
                <span className={classes.choiceDetail}>
                  {t('runDrawer.choice.detail', {
                    status: statusWord(run.status),
                    time: formatTime(new Date(run.created_at)),
                  })}
                </span>
              </button>
            </li>
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}
