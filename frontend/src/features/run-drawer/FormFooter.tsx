import { Button } from '@mantine/core';
import { useEffect, useRef, type ReactNode, type RefObject } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Task, Validation } from '@/api/types';
import { isFinal } from '@/api/types';
import { Duration } from '@/components/Duration';
import { PlayIcon, WarningIcon } from '@/components/icons';
import { statusWord } from '@/lib/statuses';
import * as paths from '@/lib/paths';
import classes from './RunDrawer.module.css';

interface FormFooterProps {
  task: Task;
  /** Of runs with the values on the screen, if there were some. */
  usual: Validation['usual'] | undefined;
  /** How many values are known not to be right, and what leads to the first of them. */
  wrong: number;
  onShowWrong: () => void;
  pending: boolean;
  runButton: RefObject<HTMLButtonElement | null>;
  onRun: () => void;
  /** Why the run could not be started. */
  alert: ReactNode;
  /** What else can be done with the values; another way to start the task has its place here, too. */
  children: ReactNode;
}

/** What stays in sight however long the form is: Run, how long that takes, and why it did not work. */
export function FormFooter({ task, usual, wrong, onShowWrong, pending, runButton, onRun, alert, children }: FormFooterProps) {
  const { t } = useTranslation();
  const active = task.last_runs.find((last) => !isFinal(last.status));
  return (
    <div className={classes.footer} ref={useAboveKeyboard()}>
      {alert}
      <div className={classes.expectation}>
        {wrong > 0 && (
          <button type="button" className={classes.wrong} onClick={onShowWrong}>
            <WarningIcon size={13} />
            {t('runDrawer.form.wrong', { count: wrong })}
          </button>
        )}
        <Usual same={usual} all={task.usual} />
        {active && (
          <span>
            <Trans
              i18nKey="runDrawer.form.waitsFor"
              values={{ id: active.id, status: statusWord(active.status) }}
              components={{ run: <Link to={paths.run(active.id)} /> }}
            />
          </span>
        )}
      </div>
      <div className={classes.buttons}>
        <Button
          ref={runButton}
          onClick={onRun}
          loading={pending}
          disabled={!task.runnable}
          aria-keyshortcuts="Control+Enter"
          leftSection={<PlayIcon size={13} />}
        >
          {t('runDrawer.form.run')}
        </Button>
        <span className={classes.keys} aria-hidden="true">
          <kbd>{t('app.keys.ctrl')}</kbd> <kbd>{t('app.keys.enter')}</kbd>
        </span>
        <span className={classes.space} />
        {children}
      </div>
    </div>
  );
}

/** Where the keyboard of a phone covers the page instead of making it smaller (Safari), the footer is moved above it. */
function useAboveKeyboard() {
  const footer = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { visualViewport: visible } = window;
    if (!visible) return;
    const place = () => {
      const covered = visible.scale === 1 ? window.innerHeight - visible.height - visible.offsetTop : 0;
      footer.current?.style.setProperty('bottom', `${Math.max(0, Math.round(covered))}px`);
    };
    visible.addEventListener('resize', place);
    visible.addEventListener('scroll', place);
    return () => {
      visible.removeEventListener('resize', place);
      visible.removeEventListener('scroll', place);
    };
  }, []);
  return footer;
}

function Usual({ same, all }: { same: Validation['usual'] | undefined; all: Task['usual'] }) {
  const { t } = useTranslation();
  const total = all ?? (same?.basis === 'all_runs' ? same : undefined);
  if (!total) return <span>{t('runDrawer.usual.never')}</span>;
  if (same?.basis !== 'same_parameters') {
    return (
      <span>
        <Trans
          i18nKey="runDrawer.usual.all"
          count={total.runs}
          values={{ count: total.runs }}
          components={{ duration: <Duration seconds={total.median_seconds} /> }}
        />
      </span>
    );
  }
  return (
    <span>
      <Trans
        i18nKey="runDrawer.usual.same"
        count={same.runs}
        values={{ count: same.runs }}
        components={{ duration: <Duration seconds={same.median_seconds} />, total: <Duration seconds={total.median_seconds} /> }}
      />
    </span>
  );
}
