import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Scroll } from '@/components/Scroll';
import { compare, type MarkedRow, type Row, type Table } from './tables';
import classes from './outputs.module.css';

const MAX_ROWS = 500;

/** Two tables beside each other; values that differ are marked in both. */
export function TablePair({ a, b, of }: { a: Table; b: Table; of: string }) {
  const { t } = useTranslation();
  const compared = useMemo(() => compare(a, b), [a, b]);
  const { changed, onlyA, onlyB } = compared;
  const said = [
    changed > 0 ? t('compare.outputs.cells', { count: changed }) : '',
    onlyA > 0 ? t('compare.outputs.rowsOnlyA', { count: onlyA }) : '',
    onlyB > 0 ? t('compare.outputs.rowsOnlyB', { count: onlyB }) : '',
  ].filter((text) => text !== '');
  return (
    <div>
      <p className={classes.said}>{said.join(' ')}</p>
      <div className={classes.sides}>
        {(['a', 'b'] as const).map((side) => (
          <div key={side} className={classes.side} data-side={t(`compare.side.${side}`)}>
            <Scroll
              className={classes.scroll}
              aria-label={t('compare.outputs.table', { side: t('compare.outputs.of', { cell: of, side: t(`compare.side.${side}`) }) })}
            >
              <OneTable head={compared[side].head} body={compared[side].body} side={side} />
            </Scroll>
          </div>
        ))}
      </div>
    </div>
  );
}

function OneTable({ head, body, side }: { head: readonly Row[]; body: readonly MarkedRow[]; side: 'a' | 'b' }) {
  const { t } = useTranslation();
  return (
    <table className={classes.table}>
      {head.length > 0 && (
        <thead>
          {head.map((row, index) => (
            <tr key={index}>
              {row.cells.map((cell, column) => (cell === '' ? <td key={column} /> : <th key={column}>{cell}</th>))}
            </tr>
          ))}
        </thead>
      )}
      <tbody>
        {body.slice(0, MAX_ROWS).map((row, index) => (
          <tr key={index} data-alone={row.alone ? side : undefined}>
            {row.cells.map((cell, column) => {
              if (column < row.headings && cell !== '') return <th key={column}>{cell}</th>;
              return (
                <td key={column}>
                  {row.changed[column] ? <mark title={t('compare.outputs.differs')}>{cell || '–'}</mark> : cell}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
