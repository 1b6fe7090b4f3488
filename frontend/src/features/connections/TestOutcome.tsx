import { Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { TestResult } from '@/api/types';
import { StatusIcon } from '@/components/StatusIcon';
import { formatMilliseconds } from '@/lib/durations';
import classes from './ConnectionDrawer.module.css';

interface TestOutcomeProps {
  pending: boolean;
  result: TestResult | undefined;
  /** The values tested are those of the form, not the stored ones. */
  unsaved: boolean;
}

/** What a test of the connection found, in words and milliseconds. */
export function TestOutcome({ pending, result, unsaved }: TestOutcomeProps) {
  const { t } = useTranslation();
  return (
    <div role="status" className={classes.outcomeRegion}>
      {pending && (
        <div className={classes.outcome}>
          <Loader size={14} /> {t('connections.test.connecting')}
        </div>
      )}
      {!pending && result && (
        <div className={classes.outcome} data-ok={result.ok}>
          <StatusIcon status={result.ok ? 'succeeded' : 'failed'} />
          <div className={classes.outcomeText}>
            <span className={classes.verdict}>{t(result.ok ? 'connections.test.works' : 'connections.test.fails')}</span>
            <span className={classes.timing}>
              {unsaved
                ? t('connections.test.unsaved', { time: formatMilliseconds(result.milliseconds) })
                : formatMilliseconds(result.milliseconds)}
            </span>
            <div className={classes.message}>{result.message}</div>
          </div>
        </div>
      )}
    </div>
  );
}
