import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import * as queries from '@/api/queries';
import type { ConnectionState } from '@/api/types';
import { useForgottenAfterSignIn } from '@/api/useForgottenAfterSignIn';
import { CheckIcon, ConnectionsIcon, ErrorIcon, InfoIcon, WarningIcon } from '@/components/icons';
import { Time } from '@/components/Time';
import * as paths from '@/lib/paths';
import classes from './RunDrawer.module.css';

/** The connections a task uses, whether they work, and a button to find out. */
export function TaskConnections({ taskId, states }: { taskId: string; states: readonly ConnectionState[] }) {
  const { t } = useTranslation();
  return (
    <ul className={classes.connections} aria-label={t('runDrawer.connections.label')}>
      {states.map((state) => (
        <TaskConnection key={state.id} taskId={taskId} state={state} />
      ))}
    </ul>
  );
}

function TaskConnection({ taskId, state }: { taskId: string; state: ConnectionState }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const test = useMutation({
    mutationFn: () => queries.testConnection(state.id, null),
    // What was found is kept by the server, and read from there.
    onSuccess: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: queries.task(taskId).queryKey }),
        queryClient.invalidateQueries({ queryKey: queries.connections().queryKey }),
      ]),
  });
  useForgottenAfterSignIn(test);
  const name = state.name || state.id;
  const { kind, icon, text } = describe();
  return (
    <li className={classes.connection} data-state={kind}>
      <ConnectionsIcon size={14} />
      {state.declared ? <Link to={paths.connection(state.id)}>{name}</Link> : <span>{name}</span>}
      <span className={classes.connectionState} role="status">
        {icon}
        <span>{text}</span>
      </span>
      {state.declared && (
        <Button
          size="compact-xs"
          variant="subtle"
          className={classes.test ?? ''}
          loading={test.isPending}
          aria-label={t('runDrawer.connections.testNamed', { name })}
          onClick={() => test.mutate()}
        >
          {t('runDrawer.connections.test')}
        </Button>
      )}
    </li>
  );

  function describe(): { kind: string; icon: ReactNode; text: ReactNode } {
    if (!state.declared) return { kind: 'missing', icon: <ErrorIcon size={13} />, text: t('runDrawer.connections.missing') };
    if (test.isPending) return { kind: 'unknown', icon: null, text: t('runDrawer.connections.testing') };
    if (test.error) {
      return { kind: 'missing', icon: <ErrorIcon size={13} />, text: t('runDrawer.connections.notTested', { reason: test.error.message }) };
    }
    if (!state.configured) return { kind: 'open', icon: <WarningIcon size={13} />, text: t('runDrawer.connections.notConfigured') };
    const last = state.last_test;
    if (!last) return { kind: 'unknown', icon: <InfoIcon size={13} />, text: t('runDrawer.connections.neverTested') };
    const time = <Time at={last.tested_at} />;
    if (last.ok) {
      return {
        kind: 'ready',
        icon: <CheckIcon size={13} />,
        text: <Trans i18nKey="runDrawer.connections.works" components={{ time }} />,
      };
    }
    return {
      kind: 'missing',
      icon: <ErrorIcon size={13} />,
      text: (
        <>
          <Trans i18nKey="runDrawer.connections.fails" components={{ time }} /> {last.message}
        </>
      ),
    };
  }
}
