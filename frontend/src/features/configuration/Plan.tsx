import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { ConfigPlan } from '@/api/types';
import { ErrorIcon, InfoIcon } from '@/components/icons';
import { Change } from '@/features/configuration/Change';
import { FileChanges } from '@/features/configuration/FileChanges';
import * as paths from '@/lib/paths';
import classes from './configuration.module.css';

interface PlanProps {
  plan: ConfigPlan;
  /** The version whose files can be looked into; null: they are in no version yet, or not any more. */
  filesOf: number | null;
}

/** What a version changes, or would: what breaks first, then tasks, connections and files. */
export function Plan({ plan, filesOf }: PlanProps) {
  const { t } = useTranslation();
  const { tasks, connections, files, file_counts: counts, active_runs: runs } = plan;
  const fileCount = (counts.added ?? 0) + (counts.changed ?? 0) + (counts.removed ?? 0);
  return (
    <div className={classes.plan}>
      <Breaks plan={plan} />
      {plan.requirements_changed && (
        <p className={classes.note}>
          <InfoIcon size={14} />
          <span>{t('configuration.plan.requirements')}</span>
        </p>
      )}
      {runs.length > 0 && (
        <section>
          <h3 className={classes.subheading}>{t('configuration.plan.runs')}</h3>
          <ul className={classes.plain}>
            {runs.map(({ run, task }) => (
              <li key={run}>
                <Link to={paths.run(run)}>{t('configuration.plan.run', { id: run, task })}</Link>
              </li>
            ))}
          </ul>
        </section>
      )}
      {tasks.length > 0 && <Items title={t('configuration.plan.tasks')} items={tasks} />}
      {connections.length > 0 && <Items title={t('configuration.plan.connections')} items={connections} />}
      {fileCount > 0 && <FileChanges files={files} counts={counts} filesOf={filesOf} />}
      {tasks.length + connections.length + fileCount === 0 && <p className={classes.dim}>{t('configuration.plan.nothing')}</p>}
    </div>
  );
}

function Breaks({ plan: { parameters, dangling } }: { plan: ConfigPlan }) {
  const { t } = useTranslation();
  if (parameters.length + dangling.length === 0) return null;
  return (
    <section className={classes.breaks} aria-labelledby="breaks">
      <h3 id="breaks" className={classes.subheading}>
        <ErrorIcon size={14} /> {t('configuration.plan.breaks')}
      </h3>
      {parameters.length > 0 && <p>{t('configuration.plan.breaksText')}</p>}
      <ul className={classes.plain}>
        {parameters.map(({ task, parameter, breakage, text }) => (
          <li key={`${task} ${parameter} ${breakage}`}>
            <code>{task}</code> {text}
          </li>
        ))}
        {dangling.map(({ where, name, file, task }, index) => (
          <li key={index}>{t(where === 'schedule' ? 'configuration.plan.schedule' : 'configuration.plan.navigation', { name, file, task })}</li>
        ))}
      </ul>
    </section>
  );
}

type Item = ConfigPlan['tasks'][number];

function Items({ title, items }: { title: string; items: readonly Item[] }) {
  return (
    <section>
      <h3 className={classes.subheading}>{title}</h3>
      <ul className={classes.plain} aria-label={title}>
        {items.map((item) => (
          <li key={item.id}>
            <Change change={item.change} /> <span className={classes.itemName}>{item.name || item.id}</span> <code className={classes.dim}>{item.id}</code>
            {item.changes.length > 0 && <Keys item={item} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What of it is different, key by key. */
function Keys({ item: { id, changes } }: { item: Item }) {
  const { t } = useTranslation();
  return (
    <dl className={classes.keys} aria-label={t('configuration.plan.keys', { id })}>
      {changes.map(({ key, before, after }) => (
        <Fragment key={key}>
          <dt>{key}</dt>
          {isShort(before) && isShort(after) ? (
            <dd>
              <Value value={before} label={t('configuration.plan.before')} />
              <span aria-hidden="true"> → </span>
              <Value value={after} label={t('configuration.plan.after')} />
            </dd>
          ) : (
            <dd>
              {before !== null && <LongValue change="removed" value={before} label={t('configuration.plan.before')} />}
              {after !== null && <LongValue change="added" value={after} label={t('configuration.plan.after')} />}
            </dd>
          )}
        </Fragment>
      ))}
    </dl>
  );
}

/** Of a whole parameter only what it says: most of its keys are empty, and hide the others. */
function telling(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('has_default' in value)) return value;
  const { has_default: hasDefault, ...keys } = value;
  const isEmpty = (each: unknown) => each === null || each === false || each === '' || (Array.isArray(each) && each.length === 0);
  return Object.fromEntries(Object.entries(keys).filter(([key, each]) => (key === 'default' ? hasDefault : !isEmpty(each))));
}

const SHORT_CHARACTERS = 48;

function isShort(value: unknown): boolean {
  return JSON.stringify(telling(value)).length <= SHORT_CHARACTERS;
}

function Value({ value, label }: { value: unknown; label: string }) {
  const { t } = useTranslation();
  return (
    <>
      <span className={classes.hidden}>{label} </span>
      {value === null ? <span className={classes.dim}>{t('configuration.plan.absent')}</span> : <code>{JSON.stringify(telling(value))}</code>}
    </>
  );
}

/** A text as it is written, or a whole object, on lines of its own. */
function LongValue({ change, value, label }: { change: 'removed' | 'added'; value: unknown; label: string }) {
  return (
    <div className={classes.long} data-change={change}>
      <span className={classes.hidden}>{label} </span>
      <code>{typeof value === 'string' ? value : JSON.stringify(telling(value), null, 2)}</code>
    </div>
  );
}
