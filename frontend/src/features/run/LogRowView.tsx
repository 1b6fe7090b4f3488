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
export const LogRowView = memo(function LogRowView({ number, row, isTarget, language }: LogRowViewProps) {
  const words = wordsIn(language);
  return (
    <div className={classes.row} data-source={row.source} data-level={row.level} data-target={isTarget || undefined}>
      {number === null ? (
        <span className={classes.number} />
      ) : (
        <a
          href={`?tab=log&line=${number}`}
          className={classes.number}
          aria-label={words.line.join(String(number))}
          tabIndex={-1}
        >
          {number}
        </a>
      )}
      <span className={classes.clock} title={row.at}>
        {formatClock(new Date(row.at))}
      </span>
      <span className={classes.source}>{words.sources.get(row.source)}</span>
      <span className={classes.line}>
        <AnsiText text={row.text} />
      </span>
    </div>
  );
});

interface Words {
  language: string;
  /** What stands before and after the number of a line. */
  line: readonly string[];
  sources: ReadonlyMap<string, string>;
}

const NUMBER = '#';
let known: Words | null = null;

/** Looked up once: for each row anew, that would take longer and leave more garbage than all else of the row. */
function wordsIn(language: string): Words {
  if (known?.language !== language) {
    const sources = (['stdout', 'stderr', 'message'] as const).map((source) => [source, t(`run.log.sources.${source}`)] as const);
    known = { language, line: t('run.log.line', { number: NUMBER }).split(NUMBER), sources: new Map(sources) };
  }
  return known;
}
