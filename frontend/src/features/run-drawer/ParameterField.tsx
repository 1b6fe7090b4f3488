import { Select, Switch, Textarea, TextInput } from '@mantine/core';
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Parameter } from '@/api/types';
import { ResetIcon } from '@/components/icons';
import { controlOf, defaultDraft, emptied, isChanged, type Draft } from '@/features/run-drawer/form';
import classes from './RunDrawer.module.css';

interface ParameterFieldProps {
  parameter: Parameter;
  draft: Draft;
  id: string;
  /** What is wrong with the value, as a sentence. */
  error: string | undefined;
  /** What has to be known about where the value comes from. */
  note: string | undefined;
  onChange: (draft: Draft) => void;
}

/** One value of the form: the right field for its type, what it is for, and what is wrong with it. */
export function ParameterField({ parameter, draft, id, error, note, onChange }: ParameterFieldProps) {
  const { t } = useTranslation();
  const control = controlOf(parameter, draft);
  const changed = isChanged(parameter, draft);
  const shared = {
    id,
    label: <Label parameter={parameter} changed={changed} />,
    description: describe(parameter.description, note),
    error,
    // "Required" is for a value that has to be filled in; a default fills it in already.
    required: parameter.required && !parameter.has_default,
    placeholder: placeholderOf(parameter, t),
  };
  const text = typeof draft === 'string' ? draft : '';
  const onText = (value: string) => onChange(value === '' ? emptied(parameter) : value);

  return (
    <div className={classes.field} data-changed={changed || undefined}>
      {fieldFor()}
      {parameter.has_default && changed && (
        <button
          type="button"
          className={classes.reset}
          onClick={() => onChange(defaultDraft(parameter))}
          aria-label={t('runDrawer.field.resetNamed', {
            parameter: parameter.title || parameter.name,
            value: shown(parameter, t),
          })}
          title={t('runDrawer.field.resetTo', { value: shown(parameter, t) })}
        >
          <ResetIcon size={12} />
          {t('runDrawer.field.reset')}
        </button>
      )}
    </div>
  );

  function fieldFor(): ReactNode {
    switch (control) {
      case 'text':
        return <TextInput {...shared} value={text} onChange={(event) => onText(event.currentTarget.value)} />;
      case 'lines':
        return (
          <Textarea {...shared} autosize minRows={3} maxRows={12} value={text} onChange={(event) => onText(event.currentTarget.value)} />
        );
      case 'number':
        return (
          <TextInput
            {...shared}
            classNames={{ wrapper: classes.number ?? '' }}
            inputMode={parameter.type === 'integer' ? 'numeric' : 'decimal'}
            value={text}
            onChange={(event) => onText(event.currentTarget.value)}
          />
        );
      case 'date':
      case 'datetime':
        return (
          <TextInput
            {...shared}
            classNames={{ wrapper: classes.date ?? '' }}
            type={control === 'date' ? 'date' : 'datetime-local'}
            {...(control === 'datetime' ? { step: 1 } : {})}
            value={text}
            onChange={(event) => onText(event.currentTarget.value)}
          />
        );
      case 'switch':
        return (
          <Switch
            id={id}
            label={shared.label}
            description={shared.description}
            error={error}
            checked={draft === true}
            onChange={(event) => onChange(event.currentTarget.checked)}
          />
        );
      case 'yes_no':
        return (
          <Select
            {...shared}
            classNames={{ wrapper: classes.number ?? '' }}
            data={[
              { value: 'true', label: t('runDrawer.values.yes') },
              { value: 'false', label: t('runDrawer.values.no') },
            ]}
            value={draft === null ? null : String(draft)}
            clearable={!parameter.required && !parameter.has_default}
            onChange={(value) => onChange(value === null ? null : value === 'true')}
          />
        );
      case 'choice':
        return (
          <Select
            {...shared}
            data={parameter.allowed_values.map(({ label, value }) => ({ value: String(value), label: label || String(value) }))}
            value={draft === null ? null : String(draft)}
            searchable={parameter.allowed_values.length > 8}
            nothingFoundMessage={t('runDrawer.field.noSuchChoice')}
            clearable={!parameter.required && !parameter.has_default}
            allowDeselect={false}
            openOnFocus={false}
            onChange={onChange}
          />
        );
    }
  }
}

function Label({ parameter, changed }: { parameter: Parameter; changed: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      {parameter.title || parameter.name}
      {changed && parameter.has_default && (
        <span className={classes.dot} title={t('runDrawer.field.differs')}>
          <span className={classes.hidden}> {t('runDrawer.field.changed')}</span>
        </span>
      )}
    </>
  );
}

function describe(description: string, note: string | undefined): ReactNode {
  if (!note) return description || undefined;
  return (
    <>
      {description && <span className={classes.block}>{description}</span>}
      <span className={classes.note}>{note}</span>
    </>
  );
}

function placeholderOf(parameter: Parameter, t: TFunction): string {
  if (parameter.has_default && parameter.default !== null && parameter.default !== '') {
    return t('runDrawer.field.default', { value: shown(parameter, t) });
  }
  return parameter.required ? '' : t('runDrawer.field.notGiven');
}

function shown(parameter: Parameter, t: TFunction): string {
  const allowed = parameter.allowed_values.find(({ value }) => value === parameter.default);
  if (allowed?.label) return allowed.label;
  if (typeof parameter.default === 'boolean') return t(parameter.default ? 'runDrawer.values.yes' : 'runDrawer.values.no');
  const text = String(parameter.default ?? t('runDrawer.values.none'));
  return text === '' ? t('runDrawer.values.emptyText') : text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
