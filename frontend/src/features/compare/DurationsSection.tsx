import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ComparedCell, Comparison } from '@/api/types';
import { formatDuration } from '@/lib/durations';
import { formatDecimal } from '@/lib/numbers';
import { cellNumbers } from './cells';
import { Section } from './Section';
import classes from './ComparePage.module.css';

/** Cells whose durations differ most, before all are asked for. */
const BIGGEST = 6;

interface Timed {
  key: string;
  name: string;
  a: number | null;
  b: number | null;
}

export function DurationsSection({ comparison }: { comparison: Comparison }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const { a, b, cells } = comparison;
  const numbers = cellNumbers(cells);
  const timed = cells
    .map((cell, index) => ({ cell, index }))
    .filter(({ cell }) => cell.a?.seconds != null || cell.b?.seconds != null)
    .map(({ cell, index }) => timedCell(cell, index, numbers[index] ?? null, t));
  const biggest = new Set(timed.toSorted((one, other) => gap(other) - gap(one)).slice(0, BIGGEST));
  const shown = all ? timed : timed.filter((each) => biggest.has(each));
  const longest = Math.max(...shown.flatMap((each) => [each.a ?? 0, each.b ?? 0]), 0);
  if (a.seconds === null && b.seconds === null && timed.length === 0) {
    return (
      <Section id="durations" title={t('compare.sections.durations')}>
        <p className={classes.none}>{t('compare.durations.unknown')}</p>
      </Section>
    );
  }
  return (
    <Section id="durations" title={t('compare.sections.durations')}>
      <ul className={classes.durations}>
        <Bars
          timed={{ key: 'total', name: t('compare.durations.total'), a: a.seconds, b: b.seconds }}
          longest={Math.max(a.seconds ?? 0, b.seconds ?? 0)}
          strong
        />
        {shown.map((each) => (
          <Bars key={each.key} timed={each} longest={longest} />
        ))}
      </ul>
      {timed.length > BIGGEST && (
        <button type="button" className={classes.showEqual} aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t('compare.durations.biggest') : t('compare.durations.all', { count: timed.length })}
        </button>
      )}
    </Section>
  );
}

function timedCell(cell: ComparedCell, index: number, number: number | null, t: TFunction): Timed {
  return {
    key: String(index),
    name: t('compare.cells.cell', { number: number ?? index + 1 }),
    a: cell.a?.seconds ?? null,
    b: cell.b?.seconds ?? null,
  };
}

function gap({ a, b }: Timed): number {
  return Math.abs((a ?? 0) - (b ?? 0));
}

function Bars({ timed, longest, strong = false }: { timed: Timed; longest: number; strong?: boolean }) {
  const { t } = useTranslation();
  return (
    <li className={classes.timed} data-strong={strong || undefined}>
      <span className={classes.timedName}>{timed.name}</span>
      <div className={classes.timedBars}>
        {(['a', 'b'] as const).map((side) => {
          const seconds = timed[side];
          const width = seconds === null || longest === 0 ? 0 : Math.max(0.5, (seconds / longest) * 100);
          return (
            <div key={side} className={classes.timedBar}>
              <span className={classes.barLetter}>{t(`compare.side.${side}`)}</span>
              <span className={classes.track}>
                <span className={classes.fill} data-side={side} style={{ width: `${width}%` }} />
              </span>
              <span className={classes.barTime}>{seconds === null ? '–' : formatDuration(seconds)}</span>
            </div>
          );
        })}
      </div>
      <span className={classes.ratio}>{difference(timed, t)}</span>
    </li>
  );
}

/** Below it a difference is noise. */
const NOISE_SECONDS = 0.05;
const NOISE_SHARE = 0.1;

/** "2.3× slower", of B against A; small ones as a length of time. */
function difference({ a, b }: Timed, t: TFunction): string {
  if (a === null || b === null) return '';
  const more = b - a;
  if (Math.abs(more) < Math.max(NOISE_SECONDS, NOISE_SHARE * a)) return t('compare.durations.same');
  const factor = more > 0 ? b / a : a / b;
  if (Number.isFinite(factor) && factor >= 1.5 && factor < 1000) {
    return t(more > 0 ? 'compare.durations.slower' : 'compare.durations.faster', { factor: formatDecimal(Number(factor.toPrecision(2))) });
  }
  return t(more > 0 ? 'compare.durations.longer' : 'compare.durations.shorter', { duration: formatDuration(Math.abs(more)) });
}
