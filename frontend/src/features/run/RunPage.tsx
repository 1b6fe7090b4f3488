import { Button, Skeleton, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { Link, useParams, useSearchParams } from 'react-router';
import { ApiError } from '@/api/client';
import * as queries from '@/api/queries';
import type { Run } from '@/api/types';
import { EmptyState } from '@/components/EmptyState';
import { ErrorPanel } from '@/components/ErrorPanel';
import { PageHeader } from '@/components/PageHeader';
import { formatCount } from '@/lib/numbers';
import * as paths from '@/lib/paths';
import { useSelectedTab } from '@/lib/useSelectedTab';
import { DetailsTab } from './DetailsTab';
import { LogTab } from './LogTab';
import { MessagesTab } from './MessagesTab';
import { NotebookTab } from './NotebookTab';
import { OutputsTab } from './OutputsTab';
import type { RunState } from './run-state';
import type { RunStore } from './run-store';
import { RunStrip } from './RunStrip';
import { useCurrentRun, useRunEvents, useRunState } from './useRunEvents';
import { Waiting } from './Waiting';
import classes from './page.module.css';

/** One run: live while it runs, the same afterwards. */
export default function RunPage() {
  const { runId = '' } = useParams();
  const id = /^[1-9]\d{0,14}$/.test(runId) ? Number(runId) : null;
  if (id === null) return <UnknownRun name={runId} />;
  return <LoadedRun key={id} id={id} />;
}

function LoadedRun({ id }: { id: number }) {
  const { t } = useTranslation();
  const run = useQuery(queries.run(id));
  if (run.data) return <RunView run={run.data} />;
  if (run.error instanceof ApiError && run.error.status === 404) return <UnknownRun name={String(id)} />;
  if (run.isError) {
    return (
      <>
        <PageHeader title={t('run.title', { id })} />
        <div className={classes.body}>
          <ErrorPanel error={run.error} title={t('run.notLoaded')} onRetry={() => void run.refetch()} />
        </div>
      </>
    );
  }
  return <LoadingRun id={id} />;
}

function LoadingRun({ id }: { id: number }) {
  const { t } = useTranslation();
  return (
    <div aria-busy="true" aria-label={t('run.loading')}>
      <PageHeader title={t('run.title', { id })} />
      <div className={classes.strip}>
        <Skeleton height={14} width={320} />
      </div>
      <div className={classes.body}>
        <Skeleton height={16} width={300} mb={20} />
        <Skeleton height={16} mb={14} width="70%" />
        <Skeleton height={16} mb={14} width="55%" />
      </div>
    </div>
  );
}

function UnknownRun({ name }: { name: string }) {
  const { t } = useTranslation();
  return (
    <>
      <PageHeader title={t('run.unknown.title')} />
      <EmptyState
        title={t('run.unknown.heading', { id: name })}
        action={
          <Button component={Link} to={paths.runs()} variant="default">
            {t('run.unknown.action')}
          </Button>
        }
      >
        <p>{t('run.unknown.text')}</p>
      </EmptyState>
    </>
  );
}

function RunView({ run: stored }: { run: Run }) {
  const { t } = useTranslation();
  const { store, problem } = useRunEvents(stored.id);
  const run = useCurrentRun(stored, store);
  const [search, setSearch] = useSearchParams();
  const tabs = run.kind === 'notebook' ? ['messages', 'notebook', 'log', 'outputs', 'details'] : ['messages', 'log', 'outputs', 'details'];
  const asked = search.get('tab') ?? '';
  const tab = tabs.includes(asked) ? asked : 'messages';
  const tabList = useSelectedTab(tab);
  // Between two attempts, what the first one said stays on the screen.
  const queued = run.status === 'queued' && run.attempt === 0;

  return (
    <div className={classes.page}>
      <RunStrip run={run} store={store} />
      {problem !== '' && (
        <div className={classes.problem}>
          <ErrorPanel error={problem} title={t('run.notLive')} />
        </div>
      )}
      <LeftOut store={store} />
      <Tabs
        value={tab}
        onChange={(next) => setSearch(next === null || next === 'messages' ? {} : { tab: next }, { replace: true })}
        keepMounted={false}
        className={classes.tabs ?? ''}
      >
        <Tabs.List ref={tabList} className={classes.tabList ?? ''} aria-label={t('run.tabs.label')}>
          <Tabs.Tab value="messages">
            {t('run.tabs.messages')} <Count store={store} of={(state) => state.messages.end} />
          </Tabs.Tab>
          {tabs.includes('notebook') && <Tabs.Tab value="notebook">{t('run.tabs.notebook')}</Tabs.Tab>}
          <Tabs.Tab value="log">
            {t('run.tabs.log')} <Count store={store} of={(state) => state.log.lines.end} />
          </Tabs.Tab>
          <Tabs.Tab value="outputs">
            {t('run.tabs.outputs')} <Count store={store} of={(state) => state.outputs.length} />
          </Tabs.Tab>
          <Tabs.Tab value="details">{t('run.tabs.details')}</Tabs.Tab>
        </Tabs.List>
        <Panel value="messages">{queued ? <Waiting run={run} /> : <MessagesTab run={run} store={store} />}</Panel>
        {tabs.includes('notebook') && (
          <Panel value="notebook">{queued ? <Waiting run={run} /> : <NotebookTab run={run} store={store} />}</Panel>
        )}
        <Panel value="log">{queued ? <Waiting run={run} /> : <LogTab run={run} store={store} />}</Panel>
        <Panel value="outputs">
          <OutputsTab run={run} store={store} />
        </Panel>
        <Panel value="details">
          <DetailsTab run={run} store={store} />
        </Panel>
      </Tabs>
    </div>
  );
}

/** Honest about what a page cannot hold. */
function LeftOut({ store }: { store: RunStore }) {
  const leftOut = useRunState(store, (state) => state.leftOut);
  if (leftOut === 0) return null;
  return (
    <p className={classes.leftOut}>
      <Trans i18nKey="run.leftOut" count={leftOut} components={{ log: <Link to="?tab=log" /> }} />
    </p>
  );
}

function Panel({ value, children }: { value: string; children: ReactNode }) {
  return (
    <Tabs.Panel value={value} className={classes.panel ?? ''}>
      {children}
    </Tabs.Panel>
  );
}

function Count({ store, of }: { store: RunStore; of: (state: RunState) => number }) {
  useTranslation();
  const count = useRunState(store, of);
  const isPartial = useRunState(store, (state) => state.leftOut > 0);
  if (count === 0) return null;
  return (
    <span className={classes.count}>
      {formatCount(count)}
      {isPartial && '+'}
    </span>
  );
}
