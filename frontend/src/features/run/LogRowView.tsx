import { Link } from 'react-router';
import { formatClock } from '@/lib/times';
import { AnsiText } from './AnsiText';
import classes from './lists.module.css';

/** Rows of one height: only so do scrolling and copying stay exact among hundreds of thousands. */
export const ROW_HEIGHT = 20;
export const PADDING = 4;

const SOURCES: Record<string, string> = { stdout: 'out', stderr: 'err', message: 'message' };

interface LogRowViewProps {
  /** `null`: the line is still being written. */
  number: number | null;
  row: { at: string; source: string; level: string; text: string };
  isTarget: boolean;
}

/** One line of the log. */
export function LogRowView({ number, row, isTarget }: LogRowViewProps) {
  return (
    <div className={classes.row} data-source={row.source} data-level={row.level} data-target={isTarget || undefined}>
      {number === null ? (
        <span className={classes.number} />
      ) : (
        <Link
          to={`?tab=log&line=${number}`}
          replace
          className={classes.number ?? ''}
          aria-label={`Line ${number}`}
          tabIndex={-1}
        >
          {number}
        </Link>
      )}
      <span className={classes.clock}>{formatClock(new Date(row.at))}</span>
      <span className={classes.source}>{SOURCES[row.source] ?? ''}</span>
      <span className={classes.line}>
        <AnsiText text={row.text} />
      </span>
    </div>
  );
}
