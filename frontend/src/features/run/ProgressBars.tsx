import { useTranslation } from 'react-i18next';
import { formatCount } from '@/lib/numbers';
import type { ProgressBar } from './run-state';
import classes from './lists.module.css';

interface ProgressBarsProps {
  bars: readonly ProgressBar[];
  /** What became of the run: a bar of a run that stopped stays where it was. */
  state: 'running' | 'succeeded' | 'stopped';
}

/** How far the task says it is. */
export function ProgressBars({ bars, state }: ProgressBarsProps) {
  const { t } = useTranslation();
  if (bars.length === 0) return null;
  return (
    // The list scrolls when there are many bars.
    <ul className={classes.bars} aria-label={t('run.progress.label')} tabIndex={bars.length > 4 ? 0 : undefined}>
      {bars.map((bar) => (
        <Bar key={bar.id} bar={bar} state={state} />
      ))}
    </ul>
  );
}

function Bar({ bar, state }: { bar: ProgressBar; state: ProgressBarsProps['state'] }) {
  const { t } = useTranslation();
  const share = bar.total === null || bar.total <= 0 ? null : Math.min(1, Math.max(0, bar.current / bar.total));
  const done = share === 1;
  const name = bar.text || (bar.id === 'main' ? t('run.progress.unnamed') : bar.id);
  return (
    <li className={classes.bar}>
      <div className={classes.barLine}>
        <span className={classes.barText} title={name}>
          {name}
        </span>
        <span className={classes.barCount}>
          {bar.total === null
            ? formatCount(bar.current)
            : t('run.progress.count', { current: formatCount(bar.current), total: formatCount(bar.total) })}
          {share !== null && ` · ${t('run.progress.share', { percent: Math.floor(share * 100) })}`}
        </span>
      </div>
      <div
        className={classes.track}
        role="progressbar"
        aria-label={name}
        {...(share !== null && { 'aria-valuenow': Math.floor(share * 100) })}
      >
        <div
          className={classes.fill}
          data-state={done ? 'succeeded' : state}
          data-unknown={(share === null && state === 'running') || undefined}
          style={share === null ? undefined : { transform: `scaleX(${share})` }}
        />
      </div>
    </li>
  );
}
