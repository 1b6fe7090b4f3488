import { Button, Input, PasswordInput } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { LockIcon } from '@/components/icons';
import type { SecretEdit } from '@/features/connections/form';
import classes from './ConnectionDrawer.module.css';

interface SecretFieldProps {
  id: string;
  label: string;
  edit: SecretEdit;
  /** The server has a value; it never tells which. */
  stored: boolean;
  error: string | undefined;
  onChange: (edit: SecretEdit) => void;
}

/** A secret can be set, replaced and removed, but not read. */
export function SecretField({ id, label, edit, stored, error, onChange }: SecretFieldProps) {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  const replacing = stored && edit.kind === 'replace';
  useEffect(() => {
    // It appeared because somebody pressed Replace, and now wants to type.
    if (replacing) field.current?.focus();
  }, [replacing]);

  if (edit.kind === 'replace') {
    return (
      <div className={classes.secret}>
        <PasswordInput
          id={id}
          label={label}
          error={error}
          description={stored ? t('connections.secret.replaces') : undefined}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': t('connections.secret.show', { label }) }}
          ref={field}
          value={edit.text}
          onChange={(event) => onChange({ kind: 'replace', text: event.currentTarget.value })}
        />
        {stored && (
          <button type="button" className={classes.link} onClick={() => onChange({ kind: 'keep' })}>
            {t('connections.secret.keepStored')}
          </button>
        )}
      </div>
    );
  }
  return (
    <Input.Wrapper role="group" aria-label={label} label={label} labelElement="div" error={error} className={classes.secret}>
      <div className={classes.stored} data-removed={edit.kind === 'remove' || undefined}>
        <LockIcon size={14} />
        <span className={classes.storedText}>{t(edit.kind === 'keep' ? 'connections.secret.stored' : 'connections.secret.removed')}</span>
        {edit.kind === 'keep' ? (
          <>
            <Button variant="subtle" size="compact-xs" onClick={() => onChange({ kind: 'replace', text: '' })} aria-label={t('connections.secret.replaceNamed', { label })}>
              {t('connections.secret.replace')}
            </Button>
            <Button variant="subtle" size="compact-xs" color="gray" onClick={() => onChange({ kind: 'remove' })} aria-label={t('connections.secret.removeNamed', { label })}>
              {t('connections.secret.remove')}
            </Button>
          </>
        ) : (
          <Button variant="subtle" size="compact-xs" onClick={() => onChange({ kind: 'keep' })} aria-label={t('connections.secret.keepNamed', { label })}>
            {t('connections.secret.keep')}
          </Button>
        )}
      </div>
    </Input.Wrapper>
  );
}
