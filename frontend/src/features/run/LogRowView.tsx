import { memo } from 'react';
import { AnsiText } from '@/components/outputs/AnsiText';
import { formatClock } from '@/lib/times';
import { t } from '@/texts';
import type { LogRow } from './log-lines';
import classes from './lists.module.css';

/** Rows of one height: only so do scrolling and copying stay exact among hundreds of thousands. */
export const ROW_HEIGHT = 20;
export const PADDING = 4;

interface LogRowViewProps {
  /** `null`: the line is still being written. */
  number: number | null;
  row: LogRow;
  isTarget: boolean;
  /** In another one it is drawn anew. */
  language: string;
}

/** One line of the log. `LogLines` follows its link. */
export const LogRowView = memo(function LogRowView({ number, row, isTarget }: LogRowViewProps) {
  return (
    <div className={classes.row} data-source={row.source} data-level={row.level} data-target={isTarget || undefined}>
      {number === null ? (
        <span className={classes.number} />
      ) : (
        <a
          href={`?tab=log&line=${number}`}
          className={classes.number}
          aria-label={t('run.log.line', { number })}
          tabIndex={-1}
        >
          {number}
        </a>
      )}
      <span className={classes.clock} title={row.at}>
        {formatClock(new Date(row.at))}
      </span>
      <span className={classes.source}>{sourceOf(row.source)}</span>
      <span className={classes.line}>
        <AnsiText text={row.text} />
      </span>
    </div>
  );
});

function sourceOf(source: string): string {
  switch (source) {
    case 'stdout':
    case 'stderr':
    case 'message':
      return t(`run.log.sources.${source}`);
    default:
      return '';
  }
}
