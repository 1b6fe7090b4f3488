import { NativeSelect } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import * as names from './cells';
import { CellStateIcon } from './CellStateIcon';
import { CellTime } from './CellTime';
import type { Cell } from './run-state';
import classes from './notebook.module.css';

interface CellsProps {
  cells: readonly Cell[];
  current: number | null;
  onSelect: (index: number) => void;
}

/** The cells with code, how each of them stands and what it took. */
export function CellRail({ cells, usual, current, onSelect }: CellsProps & { usual: ReadonlyMap<number, number> }) {
  const { t } = useTranslation();
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    if (current !== null) list.current?.querySelector('[data-current]')?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  return (
    <ol className={classes.list} ref={list}>
      {cells.map(
        (cell) =>
          cell.number !== null && (
            <li key={cell.index}>
              <button
                type="button"
                className={classes.item}
                data-state={cell.state}
                data-current={cell.index === current || undefined}
                aria-current={cell.index === current ? 'step' : undefined}
                onClick={() => onSelect(cell.index)}
              >
                <CellStateIcon state={cell.state} />
                <span className={classes.itemTitle}>
                  <span className={classes.hidden}>{t('run.notebook.stateOf', { state: t(`run.notebook.states.${cell.state}`) })}</span>
                  <span className={classes.itemNumber}>{cell.number}</span> {names.title(cells, cell.index)}
                </span>
                <CellTime cell={cell} usual={usual.get(cell.index)} className={classes.itemTime} short />
              </button>
            </li>
          ),
      )}
    </ol>
  );
}

/** The rail where there is no room for one. */
export function CellJump({ cells, current, onSelect }: CellsProps) {
  const { t } = useTranslation();
  const code = cells.filter((cell) => cell.number !== null);
  return (
    <NativeSelect
      className={classes.jump ?? ''}
      aria-label={t('run.notebook.goTo')}
      value={current === null ? '' : String(current)}
      onChange={(event) => event.currentTarget.value !== '' && onSelect(Number(event.currentTarget.value))}
      data={[
        { value: '', label: t('run.notebook.goTo') },
        ...code.map((cell) => ({
          value: String(cell.index),
          label: t('run.notebook.option', {
            number: cell.number ?? '',
            title: names.title(cells, cell.index),
            state: t(`run.notebook.states.${cell.state}`),
          }),
        })),
      ]}
    />
  );
}
