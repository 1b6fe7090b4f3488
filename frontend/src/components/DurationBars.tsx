import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { LastRun } from '@/api/types';
import { formatDuration } from '@/lib/durations';
import { statusWord } from '@/lib/statuses';
import classes from './DurationBars.module.css';

interface DurationBarsProps {
  /** Newest first. */
  runs: readonly LastRun[];
  /** The one that is meant; drawn in the accent's colour. */
  current?: number | undefined;
  /** In pixels, of one bar with the gap beside it. */
  step?: number;
  height?: number;
}

const MIN_BAR = 2;

/** How long the last runs of a task took, the newest at the right end: a bar each, in words for who does not see it. */
export function DurationBars({ runs, current, step = 4, height = 20 }: DurationBarsProps) {
  const { t } = useTranslation();
  const timed = runs.filter((run) => run.seconds !== null).toReversed();
  const longest = Math.max(...timed.map((run) => run.seconds ?? 0), 0);
  if (timed.length === 0) return null;
  return (
    <svg
      role="img"
      aria-label={describe(timed, t)}
      width={timed.length * step}
      height={height}
      viewBox={`0 0 ${timed.length * step} ${height}`}
      className={classes.bars}
    >
      {timed.map((run, index) => {
        const bar = longest > 0 ? Math.max(MIN_BAR, ((run.seconds ?? 0) / longest) * height) : MIN_BAR;
        return (
          <rect
            key={run.id}
            x={index * step}
            y={height - bar}
            width={step - 1}
            height={bar}
            className={classes.bar}
            data-status={run.status}
            data-current={run.id === current || undefined}
          >
            <title>
              {t('components.durationBars.bar', {
                id: run.id,
                status: statusWord(run.status),
                duration: formatDuration(run.seconds ?? 0),
              })}
            </title>
          </rect>
        );
      })}
    </svg>
  );
}

/** "Durations of the last 12 runs: usually 41 s, from 12 s to 2 min 10 s; the newest took 40 s" */
function describe(timed: readonly LastRun[], t: TFunction): string {
  const seconds = timed.map((run) => run.seconds ?? 0);
  const sorted = seconds.toSorted((a, b) => a - b);
  return t('components.durationBars.label', {
    count: timed.length,
    usual: formatDuration(sorted[Math.floor((sorted.length - 1) / 2)] ?? 0),
    shortest: formatDuration(sorted[0] ?? 0),
    longest: formatDuration(sorted.at(-1) ?? 0),
    newest: formatDuration(seconds.at(-1) ?? 0),
  });
}
