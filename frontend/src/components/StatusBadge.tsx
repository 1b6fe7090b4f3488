import { useTranslation } from 'react-i18next';
import type { Run, RunStatus } from '@/api/types';
import { StatusIcon } from '@/components/StatusIcon';
import { describeStatus } from '@/lib/statuses';
import classes from './StatusBadge.module.css';

interface StatusBadgeProps {
  status: RunStatus;
  /** Makes "Stopping" of a run that still runs. */
  cancelRequestedAt?: Run['cancel_requested_at'];
  errorCount?: number;
  size?: number;
}

/** Icon, shape, colour and word of a status. */
export function StatusBadge({ status, cancelRequestedAt = null, errorCount = 0, size = 16 }: StatusBadgeProps) {
  useTranslation();
  return (
    <span className={`${classes.badge ?? ''} ${classes[status] ?? ''}`}>
      <StatusIcon status={status} size={size} />
      <span className={classes.word}>
        {describeStatus({ status, cancel_requested_at: cancelRequestedAt, error_count: errorCount })}
      </span>
    </span>
  );
}
