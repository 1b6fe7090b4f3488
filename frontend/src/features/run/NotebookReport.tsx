import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Run } from '@/api/types';
import { Outputs } from '@/components/outputs/Outputs';
import { formatTime } from '@/lib/times';
import { CellSource } from './CellSource';
import { listed } from './parameters';
import type { Cell } from './run-state';
import classes from './notebook.module.css';

/** Says what the report is of, on the screen and on paper. */
export function ReportHead({ run }: { run: Run }) {
  const { t } = useTranslation();
  const given = listed(run).filter(({ value }) => value !== null);
  return (
    <header className={classes.reportHead}>
      <p>
        {run.task_name}, {t('run.title', { id: run.id })}
        {run.started_at !== null && <>, {formatTime(new Date(run.started_at))}</>}
      </p>
      {given.length > 0 && (
        <dl>
          {given.map(({ name, title, value }) => (
            <div key={name}>
              <dt>{title}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </header>
  );
}

/** Texts and outputs; of a cell that shows nothing, nothing. */
export const ReportCell = memo(function ReportCell({ cell }: { cell: Cell }) {
  const { t } = useTranslation();
  if (cell.type !== 'code' ? cell.source.trim() === '' : cell.outputs.length === 0) return null;
  const name = cell.number === null ? t('run.notebook.text') : t('run.notebook.cell', { number: cell.number });
  return (
    <div role="group" className={classes.reportCell} data-cell={cell.index} aria-label={name}>
      {cell.type === 'code' ? (
        <Outputs outputs={cell.outputs} forgotten={cell.forgotten} of={name} />
      ) : (
        <CellSource cell={cell} language="python" name={name} />
      )}
    </div>
  );
});
