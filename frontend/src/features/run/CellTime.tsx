import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { Elapsed } from '@/components/Duration';
import { formatDuration } from '@/lib/durations';
import { formatBytes } from '@/lib/numbers';
import { useNow } from '@/lib/useNow';
import { timesSlower } from './estimate';
import type { Cell } from './run-state';
import classes from './notebook.module.css';

/** "Processor 1.2 s, memory up to 310 MB" */
function usage({ cpuSeconds, peakMemory }: Cell, t: TFunction): string | undefined {
  const cpu = cpuSeconds === null ? null : formatDuration(cpuSeconds);
  const memory = peakMemory === null ? null : formatBytes(peakMemory);
  if (cpu !== null && memory !== null) return t('run.notebook.usage', { cpu, memory });
  if (cpu !== null) return t('run.notebook.usageCpu', { cpu });
  return memory === null ? undefined : t('run.notebook.usageMemory', { memory });
}

interface CellTimeProps {
  cell: Cell;
  /** Seconds. */
  usual: number | undefined;
  className: string | undefined;
  /** "4×" has to do, with the words for whoever points at it or listens. */
  short?: boolean;
}

/** What the cell took, or has taken so far, and whether that is more than usual. */
export function CellTime({ cell, usual, className, short = false }: CellTimeProps) {
  const { t } = useTranslation();
  if (cell.seconds !== null) {
    return (
      <span className={className} title={usage(cell, t)}>
        <Slower seconds={cell.seconds} usual={usual} short={short} />
        {formatDuration(cell.seconds)}
      </span>
    );
  }
  if (cell.state !== 'running' || cell.startedAt === null) return null;
  return (
    <span className={className}>
      <SlowerSoFar since={cell.startedAt} usual={usual} short={short} />
      <Elapsed since={cell.startedAt} />
    </span>
  );
}

interface SlowerProps {
  usual: number | undefined;
  short: boolean;
}

function Slower({ seconds, usual, short }: SlowerProps & { seconds: number }) {
  const { t } = useTranslation();
  const times = timesSlower(seconds, usual);
  if (times === null || usual === undefined) return null;
  const words = t('run.notebook.slower', { times });
  return (
    <>
      <span className={classes.slower} title={`${words}, ${t('run.notebook.usual', { time: formatDuration(usual) })}`}>
        {short ? (
          <>
            <span aria-hidden="true">{t('run.notebook.times', { times })}</span>
            <span className={classes.hidden}>{words}</span>
          </>
        ) : (
          words
        )}
      </span>{' '}
    </>
  );
}

function SlowerSoFar({ since, ...rest }: SlowerProps & { since: string }) {
  const now = useNow(1000);
  return <Slower seconds={(now - new Date(since).getTime()) / 1000} {...rest} />;
}
