import { Button, Popover, Skeleton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import * as queries from '@/api/queries';
import type { Run, Task } from '@/api/types';
import { ErrorPanel } from '@/components/ErrorPanel';
import { RunsIcon } from '@/components/icons';
import { StatusIcon } from '@/components/StatusIcon';
import * as form from '@/features/run-drawer/form';
import { statusWord } from '@/lib/statuses';
import { formatTime } from '@/lib/times';
import classes from './RunDrawer.module.css';

const MAX_RUNS = 10;
const MAX_DIFFERENCES = 3;

/** For the library: Escape here closes this list, and not the drawer as well. */
const ESCAPE = { 'data-mantine-stop-propagation': true };

interface RunChoiceProps {
  task: Task;
  drafts: form.Drafts;
  onChoose: (run: Run) => void;
}

/** One of the last runs, to take its values: each with what would change. */
export function RunChoice({ task, drafts, onChoose }: RunChoiceProps) {
  const { t } = useTranslation();
  const [opened, { toggle, close }] = useDisclosure(false);
  const { data, error, refetch } = useQuery({ ...queries.lastRuns(task.id, MAX_RUNS), enabled: opened });
  const list = useRef<HTMLUListElement>(null);
  const isListed = opened && data !== undefined;
  useEffect(() => {
    if (isListed) list.current?.querySelector('button')?.focus({ preventScroll: true });
  }, [isListed]);
  return (
    <Popover
      opened={opened}
      onDismiss={close}
      position="bottom-end"
      hideDetached={false}
      shadow="md"
      withinPortal={false}
      returnFocus
      transitionProps={{ duration: 100 }}
    >
      <Popover.Target>
        <Button size="compact-xs" variant="subtle" leftSection={<RunsIcon size={13} />} onClick={toggle} {...(opened ? ESCAPE : {})}>
          {t('runDrawer.choice.open')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.choice} aria-label={t('runDrawer.choice.label')}>
        {error && !data && <ErrorPanel error={error} title={t('runDrawer.choice.notRead')} onRetry={() => void refetch()} />}
        {!error && !data && (
          <div role="status" aria-busy="true" aria-label={t('runDrawer.choice.loading')}>
            {task.last_runs.slice(0, MAX_RUNS).map(({ id }) => (
              <Skeleton key={id} height={32} my={6} />
            ))}
          </div>
        )}
        {data && (
          <ul className={classes.choices} ref={list}>
            {data.map((run) => (
              <li key={run.id}>
                <button
                  type="button"
                  className={classes.choiceButton}
                  {...ESCAPE}
                  onClick={() => {
                    close();
                    onChoose(run);
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
                  <span className={classes.choiceValues}>{inWords(differences(task, drafts, run))}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </Popover.Dropdown>
    </Popover>
  );

  function inWords(found: readonly string[]): string {
    if (found.length === 0) return t('runDrawer.choice.same');
    const more = found.length - MAX_DIFFERENCES;
    const listed = found.slice(0, MAX_DIFFERENCES).join(' · ');
    return more > 0 ? t('runDrawer.choice.andMore', { listed, count: more }) : listed;
  }
}

/** What of the form would change: "District Mubende". */
function differences(task: Task, drafts: form.Drafts, run: Run): string[] {
  const other = form.fromRun(task.parameters, run.parameters, run.masked_parameters).drafts;
  const valueOf = (parameter: Task['parameters'][number], draft: form.Draft) =>
    form.isChanged(parameter, draft) || !parameter.has_default ? form.toValue(parameter, draft) : parameter.default;
  return form.editable(task.parameters).flatMap((parameter) => {
    if (run.masked_parameters?.includes(parameter.name)) return [];
    const here = valueOf(parameter, drafts[parameter.name] ?? null);
    const there = valueOf(parameter, other[parameter.name] ?? null);
    return JSON.stringify(here) === JSON.stringify(there) ? [] : [`${form.title(parameter)}: ${form.shown(parameter, there)}`];
  });
}
