import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/client';
import { ErrorIcon, RefreshIcon } from '@/components/icons';
import { SignIn } from '@/components/SignIn';
import classes from './ErrorPanel.module.css';

interface ErrorPanelProps {
  error: unknown;
  /** What could not be done: "The tasks could not be loaded". */
  title: string;
  onRetry?: () => void;
}

/** A failure on the screen: what failed, why, and what to do about it. */
export function ErrorPanel({ error, title, onRetry }: ErrorPanelProps) {
  const { t } = useTranslation();
  const signedOut = error instanceof ApiError && error.status === 401;
  return (
    <div role="alert" className={classes.panel}>
      <ErrorIcon className={classes.icon} />
      <div className={classes.body}>
        <p className={classes.title}>{title}</p>
        <p className={classes.text}>
          {signedOut ? t('components.error.signedOut') : describe(error)}
        </p>
      </div>
      {signedOut ? (
        <SignIn />
      ) : (
        onRetry && (
          <Button variant="default" size="xs" leftSection={<RefreshIcon size={14} />} onClick={onRetry}>
            {t('components.error.retry')}
          </Button>
        )
      )}
    </div>
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
