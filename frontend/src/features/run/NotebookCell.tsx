import { memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Language } from '@/components/highlight';
import { ChevronDownIcon, ChevronRightIcon } from '@/components/icons';
import { Outputs } from '@/components/outputs/Outputs';
import { CellSource } from './CellSource';
import { CellTime } from './CellTime';
import type { Cell } from './run-state';
import classes from './notebook.module.css';

interface NotebookCellProps {
  cell: Cell;
  /** Seconds. */
  usual: number | undefined;
  language: Language;
  targeted: boolean;
}

/** A cell as the author knows it: its state, its code, to be folded, and what it put out. */
export const NotebookCell = memo(function NotebookCell({ cell, usual, language, targeted }: NotebookCellProps) {
  const { t } = useTranslation();
  const [folded, setFolded] = useState(false);
  const name = cell.number === null ? t('run.notebook.text') : t('run.notebook.cell', { number: cell.number });
  const lines = cell.source.split('\n').length;
  return (
    <div
      role="group"
      className={classes.cell}
      data-cell={cell.index}
      data-state={cell.state}
      data-target={targeted || undefined}
      aria-label={
        cell.number === null
          ? name
          : t('run.notebook.cellInState', { cell: name, state: t(`run.notebook.states.${cell.state}`) })
      }
    >
      <div className={classes.gutter}>
        {cell.number !== null && (
          <>
            <span className={classes.count}>
              {cell.source !== '' && (
                <button
                  type="button"
                  className={classes.fold}
                  aria-expanded={!folded}
                  aria-label={t('run.output.code', { of: name })}
                  onClick={() => setFolded(!folded)}
                >
                  {folded ? <ChevronRightIcon size={14} /> : <ChevronDownIcon size={14} />}
                </button>
              )}
              <span aria-hidden="true">[{cell.state === 'running' ? '*' : (cell.executionCount ?? ' ')}]</span>
            </span>
            <CellTime cell={cell} usual={usual} className={classes.gutterTime} />
          </>
        )}
      </div>
      <div className={classes.body}>
        {folded ? (
          <p className={classes.folded}>{t('run.notebook.folded', { count: lines })}</p>
        ) : (
          <CellSource cell={cell} language={language} name={name} />
        )}
        <Outputs outputs={cell.outputs} forgotten={cell.forgotten} of={name} />
      </div>
    </div>
  );
});
