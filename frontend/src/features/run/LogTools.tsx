import { Button, Select, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Run } from '@/api/types';
import { DownloadIcon, SearchIcon } from '@/components/icons';
import * as paths from '@/lib/paths';
import { SHOWN, type Shown } from './log-filter';
import classes from './lists.module.css';

interface LogToolsProps {
  run: Run;
  shown: Shown;
  onShown: (shown: Shown) => void;
  text: string;
  onText: (text: string) => void;
  /** Enter in the search field; with Shift, back. */
  onStep?: (by: 1 | -1) => void;
  /** What the search has found. */
  children?: ReactNode;
}

/** What is shown of the log, and what is looked for in it. */
export function LogTools({ run, shown, onShown, text, onText, onStep, children }: LogToolsProps) {
  const { t } = useTranslation();
  return (
    <div className={classes.tools}>
      <Select
        aria-label={t('run.log.linesToShow')}
        data={SHOWN.map((value) => ({ value, label: t(`run.log.shown.${value}`) }))}
        value={shown}
        allowDeselect={false}
        onChange={(value) => value !== null && onShown(value)}
        w={168}
      />
      <TextInput
        type="search"
        aria-label={t('run.log.find')}
        placeholder={t('run.log.find')}
        leftSection={<SearchIcon size={14} />}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onStep?.(event.shiftKey ? -1 : 1);
        }}
        className={classes.find ?? ''}
      />
      {children && <div className={classes.found}>{children}</div>}
      <Button component="a" href={paths.runLog(run.id)} download variant="default" leftSection={<DownloadIcon size={14} />}>
        {t('run.log.download')}
      </Button>
    </div>
  );
}
