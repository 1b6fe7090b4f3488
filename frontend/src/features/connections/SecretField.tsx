import { Button, Input, PasswordInput } from '@mantine/core';
import { useEffect, useRef } from 'react';
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
          description={stored ? 'Takes the place of the stored one when you save.' : undefined}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': `Show ${label}` }}
          ref={field}
          value={edit.text}
          onChange={(event) => onChange({ kind: 'replace', text: event.currentTarget.value })}
        />
        {stored && (
          <button type="button" className={classes.link} onClick={() => onChange({ kind: 'keep' })}>
            Keep the stored one
          </button>
        )}
      </div>
    );
  }
  return (
    <Input.Wrapper role="group" aria-label={label} label={label} labelElement="div" error={error} className={classes.secret}>
      <div className={classes.stored} data-removed={edit.kind === 'remove' || undefined}>
        <LockIcon size={14} />
        <span className={classes.storedText}>{edit.kind === 'keep' ? 'Stored' : 'Will be removed when you save'}</span>
        {edit.kind === 'keep' ? (
          <>
            <Button variant="subtle" size="compact-xs" onClick={() => onChange({ kind: 'replace', text: '' })} aria-label={`Replace ${label}`}>
              Replace
            </Button>
            <Button variant="subtle" size="compact-xs" color="gray" onClick={() => onChange({ kind: 'remove' })} aria-label={`Remove ${label}`}>
              Remove
            </Button>
          </>
        ) : (
          <Button variant="subtle" size="compact-xs" onClick={() => onChange({ kind: 'keep' })} aria-label={`Keep ${label}`}>
            Keep it
          </Button>
        )}
      </div>
    </Input.Wrapper>
  );
}
