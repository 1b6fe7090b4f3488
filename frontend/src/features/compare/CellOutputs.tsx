import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TextDiff } from '@/components/diff/TextDiff';
import { Outputs } from '@/components/outputs/Outputs';
import { stored, type Output } from '@/components/outputs/output';
import { withoutAnsi } from '@/components/outputs/ansi';
import type { NotebookOutput } from '@/api/events';
import { ImagePair } from './ImagePair';
import { pair, type Pair, type Side } from './pairs';
import { TablePair } from './TablePair';
import classes from './outputs.module.css';

const MAX_TEXT = 200_000;

interface CellOutputsProps {
  a: readonly NotebookOutput[];
  b: readonly NotebookOutput[];
  /** "Cell 7" */
  of: string;
  /** Also what is equal. */
  all: boolean;
}

/** What a cell has shown in two runs, output by output, each compared as what it is. */
export function CellOutputs({ a, b, of, all }: CellOutputsProps) {
  const { t } = useTranslation();
  const pairs = useMemo(() => pair(stored(a), stored(b)), [a, b]);
  const shown = pairs.map((each, index) => ({ each, index })).filter(({ each }) => all || !each.same);
  if (pairs.length === 0) return <p className={classes.said}>{t('compare.cells.noOutput')}</p>;
  return (
    <div className={classes.outputs}>
      {shown.map(({ each, index }) => (
        <OnePair key={index} pair={each} of={of} />
      ))}
      {shown.length < pairs.length && <Equal pairs={pairs.filter((each) => each.same)} of={of} />}
    </div>
  );
}

function Equal({ pairs, of }: { pairs: readonly Pair[]; of: string }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  return (
    <div>
      <button type="button" className={classes.equal} aria-expanded={opened} onClick={() => setOpened(!opened)}>
        {opened ? t('compare.equal.hide') : t('compare.equal.show', { count: pairs.length })}
      </button>
      {opened && pairs.map((each, index) => <OnePair key={index} pair={each} of={of} />)}
    </div>
  );
}

function OnePair({ pair: { a, b, same }, of }: { pair: Pair; of: string }) {
  const { t } = useTranslation();
  if (a === null || b === null) {
    const only = a ?? b;
    return only && <Alone side={a === null ? 'b' : 'a'} output={only.output} of={of} />;
  }
  if (same) {
    return (
      <div>
        <p className={classes.said}>{t('compare.outputs.same')}</p>
        <Outputs outputs={[a.output]} forgotten={0} of={of} />
      </div>
    );
  }
  return <Different a={a} b={b} of={of} />;
}

function Alone({ side, output, of }: { side: 'a' | 'b'; output: Output; of: string }) {
  const { t } = useTranslation();
  const outputs = useMemo(() => [output], [output]);
  return (
    <div className={classes.alone} data-only={side}>
      <p className={classes.said}>{t(side === 'a' ? 'compare.outputs.onlyA' : 'compare.outputs.onlyB')}</p>
      <Outputs outputs={outputs} forgotten={0} of={t('compare.outputs.of', { cell: of, side: t(`compare.side.${side}`) })} />
    </div>
  );
}

function Different({ a, b, of }: { a: Side; b: Side; of: string }) {
  const { t } = useTranslation();
  const names = {
    a: t('compare.outputs.of', { cell: of, side: t('compare.side.a') }),
    b: t('compare.outputs.of', { cell: of, side: t('compare.side.b') }),
  };
  const lists = useMemo(() => ({ a: [a.output], b: [b.output] }), [a, b]);
  if (a.shown.kind === 'text' && b.shown.kind === 'text' && Math.max(a.shown.text.length, b.shown.text.length) <= MAX_TEXT) {
    return <TextDiff a={withoutAnsi(a.shown.text)} b={withoutAnsi(b.shown.text)} labels={names} numbered={false} />;
  }
  if (a.shown.kind === 'image' && b.shown.kind === 'image') return <ImagePair a={a.shown} b={b.shown} of={of} />;
  if (a.shown.kind === 'table' && b.shown.kind === 'table') return <TablePair a={a.shown.table} b={b.shown.table} of={of} />;
  return (
    <div className={classes.sides}>
      {(['a', 'b'] as const).map((side) => (
        <div key={side} className={classes.side} data-side={t(`compare.side.${side}`)}>
          <Outputs outputs={lists[side]} forgotten={0} of={names[side]} />
        </div>
      ))}
    </div>
  );
}
