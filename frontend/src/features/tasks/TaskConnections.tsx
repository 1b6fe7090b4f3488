import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { ConnectionState } from '@/api/types';
import { CheckIcon, ConnectionsIcon, ErrorIcon, WarningIcon } from '@/components/icons';
import { Time } from '@/components/Time';
import * as paths from '@/lib/paths';
import classes from './TaskPage.module.css';

/** The connections a task uses, whether they are ready, and how their last test ended. */
export function TaskConnections({ states }: { states: ConnectionState[] }) {
  const { t } = useTranslation();
  if (states.length === 0) return null;
  return (
    <ul className={classes.connections} aria-label={t('tasks.page.connections.label')}>
      {states.map((state) => (
        <li key={state.id} className={classes.connection}>
          <ConnectionsIcon size={14} />
          {state.declared ? <Link to={paths.connection(state.id)}>{state.name || state.id}</Link> : <span>{state.id}</span>}
          <Readiness state={state} />
        </li>
      ))}
    </ul>
  );
}

function Readiness({ state }: { state: ConnectionState }) {
  const { t } = useTranslation();
  const { last_test: test } = state;
  if (!state.declared) return <State kind="failed">{t('tasks.page.connections.missing')}</State>;
  if (!state.configured) return <State kind="open">{t('tasks.page.connections.notConfigured')}</State>;
  if (!test) return <State kind="ready">{t('tasks.page.connections.configured')}</State>;
  return (
    <State kind={test.ok ? 'ready' : 'failed'}>
      <span title={test.message}>{test.ok ? t('tasks.page.connections.works') : test.message}</span> · <Time at={test.tested_at} />
    </State>
  );
}

function State({ kind, children }: { kind: 'ready' | 'open' | 'failed'; children: React.ReactNode }) {
  const Icon = { ready: CheckIcon, open: WarningIcon, failed: ErrorIcon }[kind];
  return (
    <span className={classes.connectionState} data-state={kind}>
      <Icon size={13} />
      <span>{children}</span>
    </span>
  );
}
