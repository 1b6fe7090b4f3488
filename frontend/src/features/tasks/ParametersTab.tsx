import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Parameter, ParameterValue, Task } from '@/api/types';
import { EmptyState } from '@/components/EmptyState';
import { LockIcon } from '@/components/icons';
import { Markdown } from '@/components/Markdown';
import { withoutT } from '@/lib/moments';
import classes from './ParametersTab.module.css';

/** What a run of the task is given, as its author declared it. */
export function ParametersTab({ task }: { task: Task }) {
  const { t } = useTranslation();
  if (task.parameters.length === 0) {
    return <EmptyState title={t('tasks.page.parameters.none')}>{t('tasks.page.parameters.noneText')}</EmptyState>;
  }
  const columns = ['parameter', 'type', 'default', 'allowed'] as const;
  return (
    <table className={classes.table} aria-label={t('tasks.page.tabs.parameters')}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {t(`tasks.page.parameters.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {task.parameters.map((parameter) => (
          <Row key={parameter.name} parameter={parameter} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ parameter }: { parameter: Parameter }) {
  const { t } = useTranslation();
  return (
    <tr>
      <th scope="row" className={classes.what}>
        <span className={classes.title}>{parameter.title || parameter.name}</span> <code>{parameter.name}</code>
        <div className={classes.marks}>
          {parameter.required && <span className={classes.required}>{t('tasks.page.parameters.required')}</span>}
          {parameter.protected && (
            <span>
              <LockIcon size={12} /> {t('tasks.page.parameters.protected')}
            </span>
          )}
          {parameter.prompt && <span>{t('tasks.page.parameters.prompt')}</span>}
        </div>
        {parameter.description && (
          <div className={classes.description}>
            <Markdown text={parameter.description} />
          </div>
        )}
      </th>
      <td data-column={t('tasks.page.parameters.type')}>{t(`tasks.page.parameters.types.${parameter.type}`)}</td>
      <td data-column={t('tasks.page.parameters.default')}>
        {parameter.has_default ? (
          <span className={classes.value}>{valueText(parameter, parameter.default, t)}</span>
        ) : (
          <span className={classes.dim}>{t('tasks.page.parameters.noDefault')}</span>
        )}
      </td>
      <td data-column={t('tasks.page.parameters.allowed')}>
        {parameter.allowed_values.length > 0 ? (
          <ul className={classes.allowed}>
            {parameter.allowed_values.map(({ label, value }) => (
              <li key={String(value)}>{label}</li>
            ))}
          </ul>
        ) : (
          <span className={classes.dim}>{t('tasks.page.parameters.any')}</span>
        )}
      </td>
    </tr>
  );
}

function valueText({ allowed_values: allowed }: Parameter, value: ParameterValue, t: TFunction): string {
  const label = allowed.find((each) => each.value === value)?.label;
  if (label !== undefined) return label;
  if (value === null) return t('tasks.page.parameters.noValue');
  if (typeof value === 'boolean') return t(value ? 'tasks.page.parameters.yes' : 'tasks.page.parameters.no');
  return value === '' ? t('tasks.page.parameters.empty') : withoutT(String(value));
}
