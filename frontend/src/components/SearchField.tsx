import { TextInput } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useLocation } from 'react-router';
import { SearchIcon } from '@/components/icons';
import classes from './SearchField.module.css';

interface SearchFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Arrow down: into what was found. */
  onDown?: () => void;
  onEnter?: () => void;
}

/** Searches as one types. `/` puts the cursor here; Escape empties it. */
export function SearchField({ label, value, onChange, onDown, onEnter }: SearchFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  const state = useLocation().state as { search?: boolean } | null;
  const wanted = state?.search === true;
  useEffect(() => {
    if (wanted) field.current?.focus();
  }, [wanted]);
  return (
    <TextInput
      ref={field}
      type="search"
      aria-label={label}
      placeholder={label}
      className={classes.field}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'ArrowDown' && onDown) {
          event.preventDefault();
          onDown();
        }
        if (event.key === 'Enter') onEnter?.();
        if (event.key !== 'Escape') return;
        if (value) onChange('');
        else event.currentTarget.blur();
      }}
      leftSection={<SearchIcon />}
      rightSection={value ? null : <kbd aria-hidden="true">/</kbd>}
      rightSectionPointerEvents="none"
    />
  );
}
