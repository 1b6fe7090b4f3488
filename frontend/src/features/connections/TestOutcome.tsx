import { Loader } from '@mantine/core';
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
  return (
    <div role="status" className={classes.outcomeRegion}>
      {pending && (
        <div className={classes.outcome}>
          <Loader size={14} /> Connecting…
        </div>
      )}
      {!pending && result && (
        <div className={classes.outcome} data-ok={result.ok}>
          <StatusIcon status={result.ok ? 'succeeded' : 'failed'} />
          <div className={classes.outcomeText}>
            <span className={classes.verdict}>{result.ok ? 'It works' : 'It does not work'}</span>
            <span className={classes.timing}>
              {formatMilliseconds(result.milliseconds)}
              {unsaved && ', with values that are not saved yet'}
            </span>
            <div className={classes.message}>{result.message}</div>
          </div>
        </div>
      )}
    </div>
  );
}
