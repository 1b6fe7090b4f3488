/** The mark of a run's status: a colour and a shape of its own for each, the same everywhere. */

import type { ReactNode } from 'react';
import type { RunStatus } from '@/api/types';
import classes from './StatusBadge.module.css';

const OPEN = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.6, strokeLinecap: 'round', strokeLinejoin: 'round' } as const;
const CUT = { ...OPEN, stroke: 'var(--td-bg)', strokeWidth: 1.8 } as const;
const disc = <circle cx="8" cy="8" r="7" fill="currentColor" />;

const SHAPES: Record<RunStatus, ReactNode> = {
  queued: <circle cx="8" cy="8" r="6" {...OPEN} strokeWidth={1.8} />,
  running: (
    <>
      <circle cx="8" cy="8" r="6" {...OPEN} strokeWidth={1.8} opacity={0.25} />
      <path d="M8 2a6 6 0 0 1 6 6" {...OPEN} strokeWidth={2} className={classes.spinner} />
    </>
  ),
  succeeded: (
    <>
      {disc}
      <path d="m4.9 8.3 2.2 2.2 4-4.6" {...CUT} />
    </>
  ),
  failed: (
    <>
      {disc}
      <path d="m5.5 5.5 5 5M10.5 5.5l-5 5" {...CUT} />
    </>
  ),
  cancelled: (
    <>
      {disc}
      <path d="M4.8 8h6.4" {...CUT} />
    </>
  ),
  timed_out: (
    <>
      <circle cx="8" cy="8" r="6.2" {...OPEN} />
      <path d="M8 4.6V8l2.3 1.5" {...OPEN} />
    </>
  ),
  lost: (
    <>
      <rect x="1.8" y="1.8" width="12.4" height="12.4" rx="3" {...OPEN} />
      <path d="M6.1 6.2a1.9 1.9 0 1 1 2.6 1.8c-.5.2-.7.5-.7 1.1M8 11.4v.1" {...OPEN} />
    </>
  ),
};

export function StatusIcon({ status, size = 16 }: { status: RunStatus; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      aria-hidden="true"
      focusable="false"
      className={`${classes.icon ?? ''} ${classes[status] ?? ''}`}
      data-status={status}
    >
      {SHAPES[status]}
    </svg>
  );
}
