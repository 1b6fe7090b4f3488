import { Skeleton } from '@mantine/core';
import type { TFunction } from 'i18next';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { LastRun, ParameterValue, Run } from '@/api/types';
import { Duration, Elapsed } from '@/components/Duration';
import { DurationBars } from '@/components/DurationBars';
import { StatusBadge } from '@/components/StatusBadge';
import { Time } from '@/components/Time';
import { withoutT } from '@/lib/moments';
import { formatValue } from '@/lib/numbers';
import * as paths from '@/lib/paths';
import classes from './RunsPage.module.css';

interface RunRowProps {
  run: Run;
  /** Position in the list, from 0. */
  index: number;
  /** Names of the parameters that have a column of their own. */
  columns: readonly string[];
  /** The last runs of its task, to see how long it took beside them. */
  digests: readonly LastRun[] | undefined;
  selected: boolean;
  /** The one row that the Tab key stops at. */
  active: boolean;
  onSelect: (id: number, toHere: boolean) => void;
  measure: (row: HTMLTableRowElement | null) => void;
}

const BARS = 12;

export const RunRow = memo(function RunRow({ run, index, columns, digests, selected, active, onSelect, measure }: RunRowProps) {
  const { t } = useTranslation();
  const values = columns.length === 0 ? summary(run, t) : '';
  return (
    <tr
      ref={measure}
      className={classes.row}
      data-index={index}
      data-run={run.id}
      data-selected={selected || undefined}
      // The heading is the first row.
      aria-rowindex={index + 2}
    >
      <td className={classes.select}>
        <label className={classes.check}>
          <input
            type="checkbox"
            checked={selected}
            tabIndex={active ? 0 : -1}
            aria-label={t('runs.row.select', { id: run.id })}
            onChange={(event) => onSelect(run.id, event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey)}
          />
        </label>
      </td>
      <td className={classes.status}>
        <StatusBadge status={run.status} cancelRequestedAt={run.cancel_requested_at} />
      </td>
      <td className={classes.what}>
        <div className={classes.line}>
          <Link
            to={paths.run(run.id)}
            className={classes.name}
            tabIndex={active ? 0 : -1}
            aria-label={t('runs.row.label', { id: run.id, task: run.task_name })}
          >
            {run.task_name}
          </Link>
          <span className={classes.id}>{run.id}</span>
        </div>
        {run.reason && <div className={classes.reason}>{run.reason}</div>}
        {run.status === 'succeeded' && run.error_count > 0 && (
          <div className={classes.reason}>{t('runs.row.errors', { count: run.error_count })}</div>
        )}
        {run.status === 'queued' && run.waiting !== null && run.waiting.kind !== 'retry' && (
          <div className={classes.reason}>{run.waiting.text}</div>
        )}
      </td>
      {columns.length === 0 ? (
        <td className={classes.values} title={values}>
          {values}
        </td>
      ) : (
        columns.map((name) => (
          <td
            key={name}
            className={classes.value}
            // Where the heading has no place, on a phone, it stands before the value.
            data-title={run.parameter_titles?.[name] ?? name}
            data-number={typeof run.parameters[name] === 'number' || undefined}
          >
            {name in run.parameters ? shown(run, name, t) : <span className={classes.none}>–</span>}
          </td>
        ))
      )}
      <td className={classes.by}>{t(`runs.triggers.${run.trigger}`)}</td>
      <td className={classes.time}>
        <Time at={run.started_at ?? run.created_at} />
      </td>
      <td className={classes.duration}>
        <span className={classes.durationLine}>
          {digests && digests.length > 1 && digests.some(({ id }) => id === run.id) && (
            <span className={classes.bars}>
              <DurationBars runs={around(digests, run.id)} current={run.id} height={16} />
            </span>
          )}
          <span>
            {run.status === 'running' && run.started_at ? <Elapsed since={run.started_at} /> : <Duration seconds={run.seconds} />}
          </span>
        </span>
      </td>
    </tr>
  );
});

/** As many runs as a row has room for, this one among them: the newest, or those before it. */
function around(digests: readonly LastRun[], id: number): readonly LastRun[] {
  const at = digests.findIndex((run) => run.id === id);
  const from = Math.max(0, at - BARS + 1);
  return digests.slice(from, from + BARS);
}

/** "year 2023, district Kampala": enough to tell runs apart. */
function summary(run: Run, t: TFunction): string {
  return Object.entries(run.parameters)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name]) => `${run.parameter_titles?.[name] ?? name} ${shown(run, name, t)}`)
    .join(', ');
}

function shown(run: Run, name: string, t: TFunction): string {
  return run.parameter_value_labels?.[name] ?? valueText(run.parameters[name] ?? null, t);
}

export function valueText(value: ParameterValue, t: TFunction): string {
  if (value === null || value === '') return '';
  if (typeof value === 'boolean') return t(value ? 'runs.value.yes' : 'runs.value.no');
  if (typeof value === 'number' && !Number.isInteger(value)) return formatValue(value);
  return withoutT(String(value)).replace(/\s+/g, ' ');
}

export function RunRowSkeleton({ columns }: { columns: number }) {
  return (
    <tr className={classes.row}>
      <td className={classes.select} />
      <td className={classes.status}>
        <Skeleton width={90} height={13} my={4} />
      </td>
      <td className={classes.what}>
        <Skeleton width={190} height={13} my={4} />
      </td>
      {columns === 0 ? (
        <td className={classes.values}>
          <Skeleton width={140} height={13} my={4} />
        </td>
      ) : (
        Array.from({ length: columns }, (_, index) => (
          <td key={index} className={classes.value}>
            <Skeleton width={60} height={13} my={4} />
          </td>
        ))
      )}
      <td className={classes.by}>
        <Skeleton width={60} height={13} my={4} />
      </td>
      <td className={classes.time}>
        <Skeleton width={90} height={13} my={4} />
      </td>
      <td className={classes.duration}>
        <Skeleton width={60} height={13} my={4} ml="auto" />
      </td>
    </tr>
  );
}
