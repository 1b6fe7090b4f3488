import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useEffect, useId, useRef, useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { ApiError, ConnectionLost, newIdempotencyKey } from '@/api/client';
import * as queries from '@/api/queries';
import { applyRun } from '@/api/runCache';
import { isFinal, type ParameterValue, type Run, type Task } from '@/api/types';
import { CopyButton } from '@/components/CopyButton';
import { ErrorPanel } from '@/components/ErrorPanel';
import { LockIcon, PlayIcon, WarningIcon } from '@/components/icons';
import * as form from '@/features/run-drawer/form';
import { ParameterField } from '@/features/run-drawer/ParameterField';
import { RunChoice } from '@/features/run-drawer/RunChoice';
import * as paths from '@/lib/paths';
import { statusWord } from '@/lib/statuses';
import classes from './RunDrawer.module.css';

interface RunFormProps {
  task: Task;
  initial: form.Filled;
  /** The run whose values `initial` holds. */
  initialFrom: Run | null;
}

/** The values of a run to be, and the button that starts it. */
export function RunForm({ task, initial, initialFrom }: RunFormProps) {
  const { t } = useTranslation();
  const [filled, setFilled] = useState(initial);
  const [from, setFrom] = useState(initialFrom);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const formId = useId();
  const { prompted, others, fixed } = form.inOrder(task.parameters);
  const fieldId = (name: string) => `${formId}-${name}`;

  const start = useStart(task, {
    onStarted: (run) => {
      applyRun(queryClient, run);
      void navigate(paths.run(run.id));
    },
    onRefused: (problems) => {
      setErrors(problems);
      const first = [...prompted, ...others].find(({ name }) => name in problems);
      // The field shows its problem only after this render; it can be focused before.
      if (first) document.getElementById(fieldId(first.name))?.focus();
    },
  });

  const copyFrom = useMutation({
    mutationFn: (id: number) => queryClient.query(queries.run(id)),
    onSuccess: (run) => {
      setFilled(form.fromRun(task.parameters, run.parameters));
      setFrom(run);
      setErrors({});
    },
  });

  const change = (name: string, draft: form.Draft) => {
    setFilled({ ...filled, drafts: { ...filled.drafts, [name]: draft }, notes: without(filled.notes, name) });
    setErrors(without(errors, name));
  };
  const useDefaults = () => {
    setFilled(form.fromDefaults(task.parameters));
    setFrom(null);
    setErrors({});
  };
  const run = () => {
    if (start.isPending || !task.runnable) return;
    // A date that is none (30 February) has an empty value: sent like that, the default would take its place unseen.
    const unreadable = task.parameters
      .map((parameter) => document.getElementById(fieldId(parameter.name)))
      .find((input): input is HTMLInputElement => input instanceof HTMLInputElement && input.validity.badInput);
    if (unreadable) {
      unreadable.reportValidity();
      return;
    }
    start.mutate({
      task: task.id,
      parameters: form.toParameters(task.parameters, filled.drafts),
      rerun_of: from?.id ?? null,
    });
  };

  useControlEnter(run);
  const runButton = useRef<HTMLButtonElement>(null);
  const firstField = [...prompted, ...others][0];
  useFirstFocus(() => (firstField ? document.getElementById(fieldId(firstField.name)) : runButton.current));

  const active = task.last_runs.find((last) => !isFinal(last.status));
  const known = new Set(task.parameters.map((parameter) => parameter.name));
  const strayErrors = Object.entries(errors).filter(
    ([name]) => !known.has(name) || fixed.some((parameter) => parameter.name === name),
  );

  const field = (parameter: Task['parameters'][number]) => (
    <ParameterField
      key={parameter.name}
      id={fieldId(parameter.name)}
      parameter={parameter}
      draft={filled.drafts[parameter.name] ?? null}
      error={parameter.name in errors ? form.sentence(parameter, errors[parameter.name] ?? '') : undefined}
      note={filled.notes[parameter.name]}
      onChange={(draft) => change(parameter.name, draft)}
    />
  );

  return (
    <form
      className={classes.form}
      aria-label={t('runDrawer.form.label', { task: task.name })}
      noValidate
      // Enter in a field must not start a run; that takes the button, or Ctrl and Enter.
      onSubmit={(event) => event.preventDefault()}
    >
      <div className={classes.fields}>
        {start.error && !isInvalid(start.error) && <ErrorPanel error={start.error} title={t('runDrawer.form.notStarted')} onRetry={run} />}
        {strayErrors.length > 0 && (
          <ErrorPanel
            error={strayErrors.map(([name, text]) => `${name} ${text}.`).join(' ')}
            title={t('runDrawer.form.notStarted')}
          />
        )}
        {filled.unknown.length > 0 && (
          <p className={classes.warning}>
            <WarningIcon size={14} />
            {t('runDrawer.form.leftOut', { count: filled.unknown.length, names: filled.unknown.join(', ') })}
          </p>
        )}
        {(from ?? task.last_runs.length > 0) && prompted.length + others.length > 0 && (
          <div className={classes.source}>
            {from ? (
              <span>
                <Trans
                  i18nKey="runDrawer.form.valuesOf"
                  values={{ id: from.id }}
                  components={{ run: <Link to={paths.run(from.id)} /> }}
                />
              </span>
            ) : (
              <span>{t('runDrawer.form.defaults')}</span>
            )}
            <span className={classes.sourceActions}>
              {from && (
                <Button size="compact-xs" variant="subtle" onClick={useDefaults}>
                  {t('runDrawer.form.useDefaults')}
                </Button>
              )}
              {task.last_runs.length > 0 && (
                <RunChoice runs={task.last_runs} loading={copyFrom.isPending} onChoose={(id) => copyFrom.mutate(id)} />
              )}
            </span>
          </div>
        )}
        {copyFrom.error && <ErrorPanel error={copyFrom.error} title={t('runDrawer.form.valuesOfThatNotRead')} />}

        {prompted.length > 0 && (
          <section className={classes.prompted} aria-label={t('runDrawer.form.prompted')}>
            <h3 className={classes.legend}>{t('runDrawer.form.prompted')}</h3>
            {prompted.map(field)}
          </section>
        )}
        {others.length > 0 && (
          <section className={classes.group} aria-label={t('runDrawer.form.others')}>
            {prompted.length > 0 && <h3 className={classes.legend}>{t('runDrawer.form.others')}</h3>}
            {others.map(field)}
          </section>
        )}
        {prompted.length + others.length === 0 && <p className={classes.none}>{t('runDrawer.form.nothing')}</p>}
        {fixed.length > 0 && (
          <section className={classes.group} aria-label={t('runDrawer.form.fixedLabel')}>
            <h3 className={classes.legend}>{t('runDrawer.form.fixed')}</h3>
            <dl className={classes.fixed}>
              {fixed.map((parameter) => (
                <div key={parameter.name} className={classes.fixedRow}>
                  <dt>
                    <LockIcon size={13} />
                    {parameter.title || parameter.name}
                  </dt>
                  <dd>
                    <code>{shownValue(parameter.default, t)}</code>
                    {parameter.description && <span className={classes.fixedHelp}>{parameter.description}</span>}
                  </dd>
                </div>
              ))}
            </dl>
            <p className={classes.fixedReason}>{t('runDrawer.form.fixedReason')}</p>
          </section>
        )}
      </div>

      <div className={classes.footer}>
        <Button ref={runButton} onClick={run} loading={start.isPending} disabled={!task.runnable} leftSection={<PlayIcon size={13} />}>
          {t('runDrawer.form.run')}
        </Button>
        <span className={classes.keys}>
          <kbd>{t('app.keys.ctrl')}</kbd> <kbd>{t('app.keys.enter')}</kbd>
        </span>
        <span className={classes.footerNote}>
          {active && (
            <Trans
              i18nKey="runDrawer.form.waitsFor"
              values={{ id: active.id, status: statusWord(active.status) }}
              components={{ run: <Link to={paths.run(active.id)} /> }}
            />
          )}
        </span>
        <CopyButton withLabel label={t('runDrawer.form.copyLink')} text={() => linkTo(task, filled.drafts)} />
      </div>
    </form>
  );
}

/** Ctrl and Enter, wherever in the drawer the cursor is. */
function useControlEnter(act: () => void) {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.repeat) return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

/** Puts the cursor where one begins; not where that would bring up the keyboard of a phone. */
function useFirstFocus(find: () => HTMLElement | null) {
  const latest = useRef(find);
  useEffect(() => {
    if (!window.matchMedia('(pointer: coarse)').matches) latest.current()?.focus({ preventScroll: true });
  }, []);
}

interface Reactions {
  onStarted: (run: Run) => void;
  onRefused: (problems: Record<string, string>) => void;
}

/** Starts runs. One that is sent again after its answer was lost is the same run. */
function useStart(task: Task, { onStarted, onRefused }: Reactions) {
  const attempt = useRef<{ body: string; key: string } | null>(null);
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: queries.NewRun) => {
      const text = JSON.stringify(body);
      if (attempt.current?.body !== text) attempt.current = { body: text, key: newIdempotencyKey() };
      return queries.startRun(body, attempt.current.key);
    },
    onSuccess: onStarted,
    onError: (error) => {
      if (!(error instanceof ConnectionLost)) attempt.current = null;
      if (isInvalid(error)) onRefused(error.errors);
      // The task became broken, or another, since the form was drawn.
      else if (error instanceof ApiError) void queryClient.invalidateQueries({ queryKey: ['task', task.id] });
    },
  });
}

function isInvalid(error: Error): error is ApiError {
  return error instanceof ApiError && error.status === 422 && Object.keys(error.errors).length > 0;
}

function linkTo(task: Task, drafts: form.Drafts): string {
  const search = form.toSearch(task.parameters, drafts).toString();
  return `${window.location.origin}${search ? `${paths.task(task.id)}?${search}` : paths.taskRun(task.id)}`;
}

function shownValue(value: ParameterValue, t: TFunction): string {
  if (value === null) return t('runDrawer.values.none');
  if (typeof value === 'boolean') return t(value ? 'runDrawer.values.yes' : 'runDrawer.values.no');
  return String(value) === '' ? t('runDrawer.values.empty') : String(value);
}

function without<T>(record: Readonly<Record<string, T>>, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([other]) => other !== name));
}
