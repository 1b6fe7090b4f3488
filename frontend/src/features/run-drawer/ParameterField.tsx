import { Select, Switch, Textarea, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
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
  const control = controlOf(parameter, draft);
  const changed = isChanged(parameter, draft);
  const shared = {
    id,
    label: <Label parameter={parameter} changed={changed} />,
    description: describe(parameter.description, note),
    error,
    // "Required" is for a value that has to be filled in; a default fills it in already.
    required: parameter.required && !parameter.has_default,
    placeholder: placeholderOf(parameter),
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
          aria-label={`Reset ${parameter.title || parameter.name} to ${shown(parameter)}`}
          title={`Reset to ${shown(parameter)}`}
        >
          <ResetIcon size={12} />
          Reset
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
              { value: 'true', label: 'Yes' },
              { value: 'false', label: 'No' },
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
            nothingFoundMessage="No such choice"
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
  return (
    <>
      {parameter.title || parameter.name}
      {changed && parameter.has_default && (
        <span className={classes.dot} title="Differs from the default">
          <span className={classes.hidden}> (changed)</span>
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

function placeholderOf(parameter: Parameter): string {
  if (parameter.has_default && parameter.default !== null && parameter.default !== '') return `Default: ${shown(parameter)}`;
  return parameter.required ? '' : 'Not given';
}

function shown(parameter: Parameter): string {
  const allowed = parameter.allowed_values.find(({ value }) => value === parameter.default);
  if (allowed?.label) return allowed.label;
  if (typeof parameter.default === 'boolean') return parameter.default ? 'Yes' : 'No';
  const text = String(parameter.default ?? 'no value');
  return text === '' ? 'an empty text' : text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
