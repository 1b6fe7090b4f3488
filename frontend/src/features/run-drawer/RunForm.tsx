import { Button, Tabs } from '@mantine/core';
import { useEffect, useId, useReducer, useRef, useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { useQueryClient } from '@tanstack/react-query';
import { ApiError, ConnectionLost } from '@/api/client';
import { applyRun } from '@/api/runCache';
import type { Parameter, Task } from '@/api/types';
import { ErrorPanel } from '@/components/ErrorPanel';
import { LockIcon, WarningIcon } from '@/components/icons';
import * as copies from '@/features/run-drawer/copies';
import { CopyMenu } from '@/features/run-drawer/CopyMenu';
import * as form from '@/features/run-drawer/form';
import { FormFooter } from '@/features/run-drawer/FormFooter';
import * as editor from '@/features/run-drawer/JsonEditor';
import * as kept from '@/features/run-drawer/kept';
import { Help, ParameterField } from '@/features/run-drawer/ParameterField';
import * as problems from '@/features/run-drawer/problems';
import { RunChoice } from '@/features/run-drawer/RunChoice';
import * as state from '@/features/run-drawer/state';
import { isRefusal, useStart } from '@/features/run-drawer/useStart';
import { useValidation } from '@/features/run-drawer/useValidation';
import * as paths from '@/lib/paths';
import { useLeaveWarning } from '@/lib/useLeaveWarning';
import classes from './RunDrawer.module.css';

interface RunFormProps {
  task: Task;
  /** Of the address that opened the form. */
  search: string;
  initial: form.Filled;
  /** The run whose values `initial` holds. */
  initialFrom: number | null;
  /** Names of values of that run of which only a mask is left. */
  masked: readonly string[];
  onEdited: (edited: boolean) => void;
}

/** The values of a run to be, as fields or as JSON, and the button that starts it. */
export function RunForm({ task, search, initial: filled, initialFrom, masked, onEdited }: RunFormProps) {
  const { t } = useTranslation();
  const { parameters } = task;
  const [initial] = useState(() => state.begin(parameters, filled, initialFrom));
  const [restored, setRestored] = useState(() => kept.find(parameters, task.id, search));
  const [now, dispatch] = useReducer(
    (before: state.State, action: state.Action) => state.reduce(parameters, before, action),
    restored ?? initial,
  );
  const [tab, setTab] = useState<string | null>('form');
  const [pressed, setPressed] = useState(false);
  const [known, setKnown] = useState<readonly string[]>(masked);
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const formId = useId();
  const fieldId = (name: string) => `${formId}-${name}`;
  const jsonInput = useRef<HTMLTextAreaElement>(null);
  const runButton = useRef<HTMLButtonElement>(null);
  const { prompted, others, fixed } = form.inOrder(parameters);
  const fields = [...prompted, ...others];

  const values = state.valuesOf(parameters, now);
  const judged = useValidation(task.id, values, { enabled: task.runnable });
  const secrets = new Set([...known, ...(judged.answer?.masked_parameters ?? [])]);
  const edited = state.isEdited(parameters, now, initial);

  const start = useStart(task, {
    onStarted: (run) => {
      kept.forget(task.id);
      applyRun(queryClient, run);
      void navigate(paths.run(run.id), { replace: true });
    },
    onRefused: (errors) => {
      judged.refuse(values, errors);
      setPressed(true);
      // The field shows its problem only after this render; it can be focused before.
      goTo(Object.keys(errors));
    },
  });
  useKeeping(task.id, search, now, { edited, settled: judged.isSettled && !start.isSuccess, secrets });
  useEffect(() => onEdited(edited && !start.isSuccess));
  // All else is found again after a reload.
  useLeaveWarning(now.mistake !== null && !start.isSuccess);

  /** Puts the cursor where the first of these can be mended. */
  const goTo = (names: readonly string[]) => {
    const first = fields.find(({ name }) => names.includes(name));
    if (tab === 'json') editor.showMember(jsonInput.current, state.textOf(parameters, now), first?.name ?? names[0] ?? '');
    else if (first) document.getElementById(fieldId(first.name))?.focus();
  };
  const fill = (next: form.Filled, from: number | null) => {
    dispatch({ type: 'filled', filled: next, from });
    setPressed(false);
  };
  const showMistake = (offset: number) => {
    setTab('json');
    // It is there after the next drawing.
    requestAnimationFrame(() => editor.show(jsonInput.current, offset));
  };
  const run = () => {
    if (start.isPending || start.isSuccess || !task.runnable) return;
    if (now.mistake) {
      showMistake(now.mistake.offset);
      return;
    }
    // A date that is none (30 February) has an empty value: sent like that, the default would take its place unseen.
    const unreadable = fields
      .map((parameter) => document.getElementById(fieldId(parameter.name)))
      .find((input): input is HTMLInputElement => input instanceof HTMLInputElement && input.validity.badInput);
    if (unreadable) {
      unreadable.reportValidity();
      return;
    }
    start.mutate({ task: task.id, parameters: values, rerun_of: now.from });
  };
  useControlEnter(run);
  const [first] = useState(() => (takesKeyboard() ? (form.firstToFill(parameters, now.drafts)?.name ?? '') : null));
  useFirstFocus(() => (first === null ? null : first === '' ? runButton.current : document.getElementById(fieldId(first))));

  const isField = new Set(fields.map(({ name }) => name));
  const shownErrors = Object.entries(judged.errors).filter(([name]) => pressed || !isField.has(name) || now.touched.has(name));
  const errorOf = (parameter: Parameter) => {
    const found = shownErrors.find(([name]) => name === parameter.name);
    return found && problems.sentence(parameter, found[1]);
  };
  const strays = shownErrors.filter(([name]) => !isField.has(name));
  const changedCount = state.countChanged(parameters, now);
  const shortest = () => ({
    origin: window.location.origin,
    task: task.id,
    parameters: Object.fromEntries(
      Object.entries({ ...form.toShortest(parameters, now.drafts), ...now.extras }).filter(([name]) => !secrets.has(name)),
    ),
  });

  const field = (parameter: Parameter) => (
    <ParameterField
      key={parameter.name}
      id={fieldId(parameter.name)}
      isFirst={parameter.name === first}
      parameter={parameter}
      draft={now.drafts[parameter.name] ?? null}
      error={errorOf(parameter)}
      note={now.notes[parameter.name]}
      onChange={(draft) => dispatch({ type: 'changed', name: parameter.name, draft })}
      onPassed={() => dispatch({ type: 'touched', names: [parameter.name] })}
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
      <Tabs value={tab} onChange={setTab} keepMounted={false} classNames={{ root: classes.tabs ?? '', list: classes.tabList ?? '', panel: classes.panel ?? '' }}>
        {fields.length > 0 && (
          <Tabs.List aria-label={t('runDrawer.tabs.label')}>
            <Tabs.Tab value="form">{t('runDrawer.tabs.form')}</Tabs.Tab>
            <Tabs.Tab value="json">{t('runDrawer.tabs.json')}</Tabs.Tab>
          </Tabs.List>
        )}
        {fields.length > 0 && (
          <div className={classes.source}>
            <span>
              {now.from !== null ? (
                <Trans
                  i18nKey="runDrawer.form.valuesOf"
                  values={{ id: now.from }}
                  components={{ run: <Link to={paths.run(now.from)} /> }}
                />
              ) : changedCount > 0 ? (
                t('runDrawer.form.changed', { count: changedCount })
              ) : (
                t('runDrawer.form.defaults')
              )}
            </span>
            <span className={classes.sourceActions}>
              {(now.from !== null || changedCount > 0) && (
                <Button size="compact-xs" variant="subtle" onClick={() => fill(form.fromDefaults(parameters), null)}>
                  {t('runDrawer.form.useDefaults')}
                </Button>
              )}
              {task.last_runs.length > 0 && (
                <RunChoice
                  task={task}
                  drafts={now.drafts}
                  onChoose={(chosen) => {
                    setKnown([...known, ...(chosen.masked_parameters ?? [])]);
                    fill(form.fromRun(parameters, chosen.parameters, chosen.masked_parameters), chosen.id);
                  }}
                />
              )}
            </span>
          </div>
        )}
        {restored && edited && (
          <p className={classes.restored} role="status">
            <span>{t('runDrawer.form.restored')}</span>
            <Button
              size="compact-xs"
              variant="subtle"
              onClick={() => {
                setRestored(null);
                fill(filled, initialFrom);
              }}
            >
              {t('runDrawer.form.startOver')}
            </Button>
          </p>
        )}
        {now.unknown.length > 0 && (
          <p className={classes.warning}>
            <WarningIcon size={14} />
            {t('runDrawer.form.leftOut', { count: now.unknown.length, names: now.unknown.join(', ') })}
          </p>
        )}

        <Tabs.Panel value="form">
          {now.mistake && (
            <div role="alert" className={classes.broken}>
              <p>{t('runDrawer.json.broken', { line: now.mistake.line, column: now.mistake.column })}</p>
              <span className={classes.brokenActions}>
                <Button size="xs" onClick={() => now.mistake && showMistake(now.mistake.offset)}>
                  {t('runDrawer.json.mend')}
                </Button>
                <Button size="xs" variant="default" onClick={() => dispatch({ type: 'textDropped' })}>
                  {t('runDrawer.json.drop')}
                </Button>
              </span>
            </div>
          )}
          {strays.length > 0 && (
            <div role="alert" className={classes.broken}>
              {strays.map(([name, text]) => (
                <p key={name}>{problems.strayed(name, text)}</p>
              ))}
              {Object.keys(now.extras).length > 0 && (
                <span className={classes.brokenActions}>
                  <Button size="xs" variant="default" onClick={() => dispatch({ type: 'extrasDropped' })}>
                    {t('runDrawer.json.leaveOut')}
                  </Button>
                </span>
              )}
            </div>
          )}
          {/* Not to be changed while the JSON cannot be read: what was typed there would be lost. */}
          <fieldset className={classes.fieldset} disabled={now.mistake !== null}>
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
          </fieldset>
          {fields.length === 0 && <p className={classes.none}>{t('runDrawer.form.nothing')}</p>}
          {fixed.length > 0 && <FixedValues parameters={fixed} />}
        </Tabs.Panel>
        <Tabs.Panel value="json">
          <editor.JsonEditor
            id={`${formId}-json`}
            input={jsonInput}
            text={state.textOf(parameters, now)}
            mistake={now.mistake}
            problems={shownErrors.map(([name, text]) => {
              const parameter = fields.find((each) => each.name === name);
              return { name, text: parameter ? problems.sentence(parameter, text) : problems.strayed(name, text) };
            })}
            onChange={(text) => dispatch({ type: 'written', text })}
          />
        </Tabs.Panel>
      </Tabs>

      <FormFooter
        task={task}
        usual={judged.answer?.usual}
        wrong={now.mistake ? 0 : shownErrors.length}
        onShowWrong={() => goTo(shownErrors.map(([name]) => name))}
        pending={start.isPending}
        runButton={runButton}
        onRun={run}
        alert={start.error && !isRefusal(start.error) && <NotStarted error={start.error} onRetry={run} />}
      >
        <CopyMenu
          disabled={now.mistake !== null}
          link={() => linkTo(task, now.drafts, secrets)}
          curl={() => copies.curl(shortest())}
          python={() => copies.python(shortest())}
          secrets={fields.filter(({ name }) => secrets.has(name)).map(form.title)}
        />
      </FormFooter>
    </form>
  );
}

function NotStarted({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const { t } = useTranslation();
  const said = error instanceof ConnectionLost ? `${error.message} ${t('runDrawer.form.kept')}` : error;
  // Asking again does not mend a conflict: another run of the task has to end, or its author has to.
  const isConflict = error instanceof ApiError && error.status === 409;
  return <ErrorPanel error={said} title={t('runDrawer.form.notStarted')} {...(isConflict ? {} : { onRetry })} />;
}

function FixedValues({ parameters }: { parameters: readonly Parameter[] }) {
  const { t } = useTranslation();
  return (
    <section className={classes.group} aria-label={t('runDrawer.form.fixedLabel')}>
      <h3 className={classes.legend}>{t('runDrawer.form.fixed')}</h3>
      <dl className={classes.fixed}>
        {parameters.map((parameter) => (
          <div key={parameter.name} className={classes.fixedRow}>
            <dt>
              <LockIcon size={13} />
              {form.title(parameter)}
            </dt>
            <dd>
              <code>{form.shown(parameter, parameter.default)}</code>
              {parameter.description && (
                <span className={classes.fixedHelp}>
                  <Help text={parameter.description} />
                </span>
              )}
            </dd>
          </div>
        ))}
      </dl>
      <p className={classes.fixedReason}>{t('runDrawer.form.fixedReason')}</p>
    </section>
  );
}

interface Keeping {
  edited: boolean;
  /** The server has seen these values, and so it is known which of them are secret. */
  settled: boolean;
  secrets: ReadonlySet<string>;
}

/** Writes down what was filled in, so that a reload loses nothing of it. */
function useKeeping(taskId: string, search: string, now: state.State, { edited, settled, secrets }: Keeping) {
  useEffect(() => {
    if (!settled) return;
    if (edited) kept.keep(taskId, search, now, secrets);
    else kept.forget(taskId);
  });
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

/** Where a cursor in a field would not bring up the keyboard of a phone. */
function takesKeyboard(): boolean {
  return !window.matchMedia('(pointer: coarse)').matches;
}

/** Puts the cursor where one begins. */
function useFirstFocus(find: () => HTMLElement | null) {
  const latest = useRef(find);
  useEffect(() => latest.current()?.focus({ preventScroll: true }), []);
}

function linkTo(task: Task, drafts: form.Drafts, secrets: ReadonlySet<string>): string {
  const search = form.toSearch(task.parameters, drafts, secrets).toString();
  return `${window.location.origin}${paths.taskRun(task.id)}${search ? `?${search}` : ''}`;
}
