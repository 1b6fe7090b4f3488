import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NotebookOutput } from '@/api/events';
import { sourceOf, type StoredCell, type StoredNotebook } from '@/api/notebook';
import * as queries from '@/api/queries';
import type { ComparedCell, Comparison } from '@/api/types';
import { Code, languageOf } from '@/components/Code';
import { TextDiff } from '@/components/diff/TextDiff';
import { ErrorPanel } from '@/components/ErrorPanel';
import type { Language } from '@/components/highlight';
import { Markdown } from '@/components/Markdown';
import { formatDuration } from '@/lib/durations';
import { CellOutputs } from './CellOutputs';
import { cellNumbers, codeDiffers, isEqual, outputsDiffer } from './cells';
import { DifferentFirst, Section } from './Section';
import classes from './ComparePage.module.css';

interface Numbered {
  cell: ComparedCell;
  /** Place in the comparison: the cell's address. */
  index: number;
  number: number | null;
}

/** Two notebooks, cell by cell: code and outputs. */
export function CellsSection({ comparison, onlyDifferences }: { comparison: Comparison; onlyDifferences: boolean }) {
  const { t } = useTranslation();
  const { a, b, cells } = comparison;
  const hasOutputs = cells.some((cell) => (cell.a?.output_count ?? 0) + (cell.b?.output_count ?? 0) > 0);
  const wanted = hasOutputs || !onlyDifferences;
  const left = useQuery({ ...queries.runNotebook(a), enabled: wanted && cells.some((cell) => cell.a !== null) });
  const right = useQuery({ ...queries.runNotebook(b), enabled: wanted && cells.some((cell) => cell.b !== null) });
  const failed = (left.isError && !left.data) || (right.isError && !right.data);
  const numbers = cellNumbers(cells);
  const numbered = cells.map((cell, index): Numbered => ({ cell, index, number: numbers[index] ?? null }));
  return (
    <Section id="cells" title={t('compare.sections.cells')}>
      {cells.length === 0 && <p className={classes.none}>{t('compare.cells.none')}</p>}
      {failed && (
        <ErrorPanel
          error={left.error ?? right.error}
          title={t('compare.cells.notLoaded')}
          onRetry={() => void Promise.all([left.refetch(), right.refetch()])}
        />
      )}
      {cells.length > 0 && (
        <DifferentCells numbered={numbered} onlyDifferences={onlyDifferences}>
          {(each) => (
            <OneCell
              key={each.index}
              {...each}
              a={left.data}
              b={right.data}
              pending={(left.isLoading || right.isLoading) && !failed}
              onlyDifferences={onlyDifferences}
            />
          )}
        </DifferentCells>
      )}
      {comparison.cells_left_out > 0 && (
        <p className={classes.none}>{t('compare.cells.leftOut', { count: comparison.cells_left_out })}</p>
      )}
    </Section>
  );
}

interface DifferentCellsProps {
  numbered: readonly Numbered[];
  onlyDifferences: boolean;
  children: (cell: Numbered) => React.ReactNode;
}

/** Cells stay in their order, whether the equal ones are shown among them or not. */
function DifferentCells({ numbered, onlyDifferences, children }: DifferentCellsProps) {
  const { t } = useTranslation();
  return (
    <DifferentFirst
      items={numbered}
      isSame={({ cell }) => isEqual(cell)}
      onlyDifferences={onlyDifferences}
      allEqual={t('compare.cells.allEqual')}
    >
      {(shown) => <div className={classes.cells}>{shown.toSorted((one, other) => one.index - other.index).map(children)}</div>}
    </DifferentFirst>
  );
}

interface OneCellProps extends Numbered {
  a: StoredNotebook | undefined;
  b: StoredNotebook | undefined;
  pending: boolean;
  onlyDifferences: boolean;
}

const OneCell = memo(function OneCell({ cell, index, number, a, b, pending, onlyDifferences }: OneCellProps) {
  const { t } = useTranslation();
  const inA = cell.a ? a?.cells[cell.a.index] : undefined;
  const inB = cell.b ? b?.cells[cell.b.index] : undefined;
  const equal = isEqual(cell);
  const [opened, setOpened] = useState(false);
  const name = number === null ? t('run.notebook.text') : t('compare.cells.cell', { number });
  const marks = [
    cell.a === null ? t('compare.cells.onlyB') : '',
    cell.b === null ? t('compare.cells.onlyA') : '',
    cell.state === 'changed' && !cell.injected ? t('compare.code.changed') : '',
    cell.injected ? t('compare.cells.injected') : '',
    cell.outputs_equal === false ? t('compare.cells.outputs') : '',
    equal && !cell.injected ? t('compare.cells.equal') : '',
  ].filter((mark) => mark !== '');
  const seconds = [cell.a?.seconds, cell.b?.seconds];
  return (
    <article id={`cell-${index}`} className={classes.cell} aria-label={name}>
      <header className={classes.cellHead}>
        <h3 className={classes.cellName}>
          <a href={`#cell-${index}`} title={t('compare.cells.link')}>
            {name}
          </a>
        </h3>
        <span className={classes.cellMarks}>{marks.join(', ')}</span>
        {seconds.some((each) => each != null) && (
          <span className={classes.cellTime}>{seconds.map((each) => (each == null ? '–' : formatDuration(each))).join(' → ')}</span>
        )}
        {equal && (
          <button type="button" className={classes.showEqual} aria-expanded={opened} onClick={() => setOpened(!opened)}>
            {t(opened ? 'compare.cells.hide' : 'compare.cells.show')}
          </button>
        )}
      </header>
      {(!equal || opened) && (
        <div className={classes.cellBody}>
          <Source cell={cell} inA={inA} inB={inB} name={name} notebook={b ?? a} folded={onlyDifferences && !opened} />
          {(outputsDiffer(cell) || opened || !onlyDifferences) &&
            (pending ? (
              <Skeleton height={80} />
            ) : (
              (a ?? b) && <CellOutputs a={outputsOf(inA)} b={outputsOf(inB)} of={name} all={opened || !onlyDifferences} />
            ))}
        </div>
      )}
    </article>
  );
});

function outputsOf(cell: StoredCell | undefined): readonly NotebookOutput[] {
  return cell?.outputs ?? [];
}

interface SourceProps {
  cell: ComparedCell;
  inA: StoredCell | undefined;
  inB: StoredCell | undefined;
  name: string;
  notebook: StoredNotebook | undefined;
  /** Code that is equal is shown on demand. */
  folded: boolean;
}

function Source({ cell, inA, inB, name, notebook, folded }: SourceProps) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState(false);
  // The server tells both where they differ; what is too long for that is in the notebooks.
  const [left, right] = [cell.a?.source ?? sourceOf(inA), cell.b?.source ?? sourceOf(inB)];
  if (codeDiffers(cell) && cell.a && cell.b) {
    const isText = cell.a.cell_type !== 'code' && cell.b.cell_type !== 'code';
    return (
      <TextDiff
        a={left}
        b={right}
        labels={{ a: t('compare.code.left'), b: t('compare.code.right') }}
        numbered
        {...(!isText && { language: languageOf(right, usualLanguage(notebook)) })}
      />
    );
  }
  const text = cell.b ? right : left;
  if (text === '') return null;
  if ((cell.b ?? cell.a)?.cell_type === 'markdown') return <Markdown text={text} />;
  const only = cell.a === null ? 'b' : cell.b === null ? 'a' : undefined;
  if (folded && only === undefined && !wanted) {
    return (
      <button type="button" className={classes.showCode} onClick={() => setWanted(true)}>
        {t('compare.code.show')}
      </button>
    );
  }
  return (
    <div className={classes.only} data-only={only}>
      <Code code={text} language={languageOf(text, usualLanguage(notebook))} label={t('run.output.code', { of: name })} />
    </div>
  );
}

function usualLanguage(notebook: StoredNotebook | undefined): Language {
  const language = notebook?.metadata?.kernelspec?.language?.toLowerCase();
  return language === 'r' || language === 'julia' ? language : 'python';
}
