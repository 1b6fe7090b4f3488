import { Button, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './configuration.module.css';

const MOST_CHARACTERS = 500;

interface ChangeFormProps {
  message: string;
  onMessage: (message: string) => void;
  isReady: boolean;
  onPlan: () => void;
  children: ReactNode;
}

/** What is wanted; sending it only shows what that would change. */
export function ChangeForm({ message, onMessage, isReady, onPlan, children }: ChangeFormProps) {
  const { t } = useTranslation();
  return (
    <form
      className={classes.form}
      noValidate
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) onPlan();
      }}
    >
      <div className={classes.fields}>
        {children}
        <TextInput
          label={t('configuration.form.message')}
          description={t('configuration.form.messageHelp')}
          value={message}
          maxLength={MOST_CHARACTERS}
          onChange={(event) => onMessage(event.currentTarget.value)}
        />
      </div>
      <div className={classes.footer}>
        <Button type="submit" disabled={!isReady}>
          {t('configuration.form.plan')}
        </Button>
      </div>
    </form>
  );
}
