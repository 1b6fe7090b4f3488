import type { ReactNode } from 'react';
import classes from './Toggle.module.css';

interface ToggleProps {
  pressed: boolean;
  onChange: (pressed: boolean) => void;
  children: ReactNode;
}

/** A small button that stays pressed: one value of a filter. */
export function Toggle({ pressed, onChange, children }: ToggleProps) {
  return (
    <button type="button" className={classes.toggle} aria-pressed={pressed} onClick={() => onChange(!pressed)}>
      {children}
    </button>
  );
}
