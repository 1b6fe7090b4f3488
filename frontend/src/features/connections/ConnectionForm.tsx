import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { useBlocker } from 'react-router';
import { ApiError } from '@/api/client';
import * as queries from '@/api/queries';
import type { Connection, ConnectionField, FieldValue } from '@/api/types';
import { useForgottenAfterSignIn } from '@/api/useForgottenAfterSignIn';
import { Dialog } from '@/components/Dialog';
import { ErrorPanel } from '@/components/ErrorPanel';
import { Markdown } from '@/components/Markdown';
import * as form from '@/features/connections/form';
import { SecretField } from '@/features/connections/SecretField';
import { TestOutcome } from '@/features/connections/TestOutcome';
import { Users } from '@/features/connections/Users';
import { useLeaveWarning } from '@/lib/useLeaveWarning';
import classes from './ConnectionDrawer.module.css';

export function ConnectionForm({ connection }: { connection: Connection }) {
  const { t } = useTranslation();
  const [edits, setEdits] = useState(form.untouched);
  const [kept, setKept] = useState<string[]>([]);
  const queryClient = useQueryClient();
  const formId = useId();
  const changed = form.changes(connection, edits);
  const dirty = form.isDirty(connection, edits);
  const blocker = useUnsavedWarning(dirty);

  const save = useMutation({
    mutationFn: (values: Record<string, FieldValue>) => queries.saveConnection(connection.id, values),
    onSuccess: (saved, sent) => {
      setEdits(form.untouched);
      setKept(form.fromFile(sent, saved));
      queryClient.setQueryData(queries.connections().queryKey, (known) =>
        known && { connections: known.connections.map((each) => (each.id === saved.id ? saved : each)) },
      );
      void queryClient.invalidateQueries({ queryKey: ['task'] });
    },
  });
  const test = useMutation({
    mutationFn: () => queries.testConnection(connection.id, dirty ? changed : null),
    // The list shows the last test of what is stored.
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: queries.connections().queryKey }),
  });
  useForgottenAfterSignIn(save);
  useForgottenAfterSignIn(test);
  const failure = save.error ?? test.error;
  const errors = failure instanceof ApiError ? failure.errors : {};
  const fields = form.fieldsOf(connection);

  const edit = (next: form.Edits) => {
    setEdits(next);
    setKept([]);
    save.reset();
    // What was tested is not what is in the form any more.
    test.reset();
  };

  const field = (declared: ConnectionField) => {
    const error = declared.name in errors ? `${declared.label} ${errors[declared.name] ?? ''}.` : undefined;
    const id = `${formId}-${declared.name}`;
    if (declared.secret) {
      return (
        <SecretField
          key={declared.name}
          id={id}
          label={declared.label}
          edit={form.secretOf(connection, edits, declared)}
          stored={connection.stored_secrets.includes(declared.name)}
          error={error}
          onChange={(secret) => edit({ ...edits, secrets: { ...edits.secrets, [declared.name]: secret } })}
        />
      );
    }
    return (
      <TextInput
        key={declared.name}
        id={id}
        label={declared.label}
        error={error}
        inputMode={declared.type === 'integer' ? 'numeric' : declared.type === 'url' ? 'url' : 'text'}
        description={kept.includes(declared.name) ? t('connections.form.fromFile') : undefined}
        autoComplete="off"
        spellCheck={false}
        value={form.textOf(connection, edits, declared)}
        onChange={(event) => edit({ ...edits, texts: { ...edits.texts, [declared.name]: event.currentTarget.value } })}
      />
    );
  };

  return (
    <form
      className={classes.form}
      aria-label={t('connections.form.label', { connection: connection.name || connection.id })}
      noValidate
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (dirty && !save.isPending) save.mutate(changed);
      }}
    >
      <div className={classes.fields}>
        <div className={classes.about}>
          {connection.description && <Markdown text={connection.description} />}
          <p className={classes.users}>
            {connection.used_by.length === 0 ? (
              t('connections.form.unused')
            ) : (
              <Trans i18nKey="connections.form.usedBy" components={{ tasks: <Users ids={connection.used_by} /> }} />
            )}
          </p>
        </div>
        {failure && Object.keys(errors).length === 0 && (
          <ErrorPanel error={failure} title={t(save.error ? 'connections.form.notSaved' : 'connections.form.notTested')} />
        )}
        {fields.map(field)}
        {fields.length === 0 && <p className={classes.none}>{t('connections.form.noFields')}</p>}
      </div>
      <div className={classes.footer}>
        <TestOutcome pending={test.isPending} result={test.data} unsaved={dirty} />
        <div className={classes.actions}>
          <Button type="submit" loading={save.isPending} disabled={!dirty}>
            {t('connections.form.save')}
          </Button>
          <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
            {t('connections.form.test')}
          </Button>
          <span className={classes.saved} role="status">
            {save.isSuccess && !dirty ? t('connections.form.saved') : dirty ? t('connections.form.unsaved') : ''}
          </span>
        </div>
      </div>
      <Dialog
        opened={blocker.state === 'blocked'}
        onClose={() => blocker.reset?.()}
        title={t('connections.leave.title')}
        actions={
          <>
            <Button variant="default" onClick={() => blocker.proceed?.()}>
              {t('connections.leave.discard')}
            </Button>
            <Button data-autofocus onClick={() => blocker.reset?.()}>
              {t('connections.leave.keep')}
            </Button>
          </>
        }
      >
        {t('connections.leave.text', { connection: connection.name || connection.id })}
      </Dialog>
    </form>
  );
}

/** Holds back another page, and the closing of this one, while there is something to lose. */
function useUnsavedWarning(dirty: boolean) {
  useLeaveWarning(dirty);
  return useBlocker(({ currentLocation, nextLocation }) => dirty && currentLocation.pathname !== nextLocation.pathname);
}
