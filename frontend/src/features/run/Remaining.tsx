import { Tooltip } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Estimate, Run } from '@/api/types';
import { formatDuration } from '@/lib/durations';
import { useNow } from '@/lib/useNow';
import * as estimates from './estimate';
import type { RunStore } from './run-store';
import { useEstimate } from './useEstimate';
import { useRunState } from './useRunEvents';
import classes from './page.module.css';

/** "about 40 s left", and a calm line along the strip; nothing where nothing is known. */
export function Remaining({ run, store }: { run: Run; store: RunStore }) {
  const { t } = useTranslation();
  const estimate = useEstimate(run, store);
  const cells = useRunState(store, (state) => state.cells);
  const running = useRunState(store, (state) => state.running);
  const now = useNow(1000);
  const elapsedSeconds = (now - new Date(run.started_at ?? run.created_at).getTime()) / 1000;
  const outlook = estimates.outlook(estimate, { cells, running, elapsedSeconds, now });
  if (outlook.kind === 'unknown' || !estimate || run.cancel_requested_at !== null) return null;
  return (
    <>
      <Tooltip label={basis(estimate, outlook, t)} multiline maw={320}>
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what it rests on is in its tooltip, for the keyboard as well */}
        <span className={classes.left} data-longer={outlook.kind === 'longer' || undefined} tabIndex={0}>
          {inWords(outlook, t)}
        </span>
      </Tooltip>
      <div
        className={classes.progress}
        role="progressbar"
        aria-label={t('run.strip.progress')}
        aria-valuenow={Math.floor(outlook.share * 100)}
      >
        <div className={classes.progressFill} style={{ transform: `scaleX(${outlook.share})` }} />
      </div>
    </>
  );
}

function inWords(outlook: Exclude<estimates.Outlook, { kind: 'unknown' }>, t: TFunction): string {
  if (outlook.kind === 'longer') {
    return outlook.after < 1 ? t('run.strip.longer') : t('run.strip.longerThen', { time: said(outlook.after) });
  }
  if (outlook.untimed > 0) return t('run.strip.leftAtLeast', { time: said(outlook.seconds) });
  return outlook.seconds < 1 ? t('run.strip.almostDone') : t('run.strip.left', { time: said(outlook.seconds) });
}

function said(seconds: number): string {
  return formatDuration(estimates.rounded(seconds));
}

function basis(estimate: Estimate, outlook: estimates.Outlook, t: TFunction): string {
  const rests = t(estimate.basis === 'same_parameters' ? 'run.strip.restsOnSame' : 'run.strip.restsOnAll', {
    count: estimate.run_count,
  });
  if (outlook.kind !== 'left' || outlook.untimed === 0) return rests;
  return `${rests} ${t('run.strip.untimed', { count: outlook.untimed })}`;
}
