import { Select, Switch, Textarea, TextInput } from '@mantine/core';
import type { FocusEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Parameter } from '@/api/types';
import { ResetIcon } from '@/components/icons';
import * as form from '@/features/run-drawer/form';
import classes from './RunDrawer.module.css';

/** From so many choices on, one finds them by typing. */
const SEARCHED_FROM = 9;

interface ParameterFieldProps {
  parameter: Parameter;
  draft: form.Draft;
  id: string;
  /** The cursor begins here: for the drawer, which puts it somewhere a moment after it opens. */
  isFirst: boolean;
  /** What is wrong with the value, as a sentence. */
  error: string | undefined;
  /** What has to be known about where the value comes from. */
  note: string | undefined;
  onChange: (draft: form.Draft) => void;
  /** Somebody went on from this field to another one. */
  onPassed: () => void;
}

/** One value of the form: the right field for its type, what it is for, and what is wrong with it. */
export function ParameterField({ parameter, draft, id, isFirst, error, note, onChange, onPassed }: ParameterFieldProps) {
  const { t } = useTranslation();
  const control = form.controlOf(parameter, draft);
  const changed = form.isChanged(parameter, draft);
  const understood = form.understoodAs(parameter, draft);
  const isDefault = parameter.has_default && parameter.default !== null && parameter.default !== '';
  const defaultText = parameter.default === '' ? t('runDrawer.values.emptyText') : form.shown(parameter, parameter.default);
  const shared = {
    id,
    ...(isFirst ? { 'data-autofocus': true } : {}),
    label: <Label parameter={parameter} changed={changed} />,
    description: describe(),
    error,
    // "Required" is for a value that has to be filled in; a default fills it in already.
    required: parameter.required && !parameter.has_default,
    placeholder: isDefault
      ? t('runDrawer.field.default', { value: defaultText })
      : parameter.required
        ? ''
        : t('runDrawer.field.notGiven'),
    onBlur: (event: FocusEvent) => {
      // Not where the whole page, or the form, was left.
      if (event.relatedTarget instanceof Element && event.relatedTarget.closest(`.${classes.field ?? ''}`)) onPassed();
    },
  };
  const text = form.isOdd(draft) ? JSON.stringify(draft.json) : typeof draft === 'string' ? draft : '';
  const onText = (value: string) => onChange(value === '' ? form.emptied(parameter) : value);

  return (
    <div className={classes.field} data-changed={changed || undefined}>
      {fieldFor()}
      {parameter.has_default && changed && (
        <button
          type="button"
          className={classes.reset}
          onClick={() => {
            onChange(form.defaultDraft(parameter));
            // This button is gone now; the keyboard goes on at the field.
            document.getElementById(id)?.focus();
          }}
          aria-label={t('runDrawer.field.resetNamed', { parameter: form.title(parameter), value: defaultText })}
          title={t('runDrawer.field.resetTo', { value: defaultText })}
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
            {...(isFirst ? { 'data-autofocus': true } : {})}
            label={shared.label}
            description={shared.description}
            error={error}
            checked={draft === true}
            onBlur={shared.onBlur}
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
            value={typeof draft === 'boolean' ? String(draft) : null}
            clearable={!parameter.required && !parameter.has_default}
            onChange={(value) => onChange(value === null ? null : value === 'true')}
          />
        );
      case 'choice':
        return (
          <Select
            {...shared}
            // A value that is no choice is not shown as one, and the default is not what would be sent.
            placeholder={text === '' ? shared.placeholder : text}
            data={parameter.allowed_values.map(({ label, value }) => ({ value: String(value), label: label || String(value) }))}
            value={typeof draft === 'boolean' ? String(draft) : typeof draft === 'string' ? draft : null}
            searchable={parameter.allowed_values.length >= SEARCHED_FROM}
            nothingFoundMessage={t('runDrawer.field.noSuchChoice')}
            clearable={!parameter.required && !parameter.has_default}
            allowDeselect={false}
            openOnFocus={false}
            onChange={onChange}
          />
        );
    }
  }

  function describe(): ReactNode {
    if (!parameter.description && (!note || note === error) && understood === null) return undefined;
    return (
      <>
        {parameter.description && (
          <span className={classes.block}>
            <Help text={parameter.description} />
          </span>
        )}
        {note && note !== error && <span className={classes.note}>{note}</span>}
        {understood !== null && (
          <span className={classes.block}>{t('runDrawer.field.understood', { value: understood })}</span>
        )}
      </>
    );
  }
}

/** What an author wrote about a value, names in `code` as she marked them. */
export function Help({ text }: { text: string }) {
  return text.split(/`([^`]+)`/).map((piece, index) => (index % 2 === 1 ? <code key={index}>{piece}</code> : piece));
}

function Label({ parameter, changed }: { parameter: Parameter; changed: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      {form.title(parameter)}
      {changed && parameter.has_default && (
        <span className={classes.dot} title={t('runDrawer.field.differs')}>
          <span className={classes.hidden}> {t('runDrawer.field.changed')}</span>
        </span>
      )}
    </>
  );
}
