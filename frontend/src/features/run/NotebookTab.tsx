import { Button, Skeleton, Switch } from '@mantine/core';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { isFinal, type Run } from '@/api/types';
import { EmptyState } from '@/components/EmptyState';
import type { Language } from '@/components/highlight';
import { Scroll } from '@/components/Scroll';
import { CellJump, CellRail } from './CellRail';
import { usualSeconds } from './estimate';
import { NotebookCell } from './NotebookCell';
import { ReportCell, ReportHead } from './NotebookReport';
import type { RunStore } from './run-store';
import { show, useFollowCell, useTarget } from './useCellInView';
import { useEstimate } from './useEstimate';
import { usePrint } from './usePrint';
import { useRunState } from './useRunEvents';
import classes from './notebook.module.css';
import './print.css';

/** The notebook as it runs: its cells, their outputs, where it is. As a report it is without its code. */
export function NotebookTab({ run, store }: { run: Run; store: RunStore }) {
  const { t } = useTranslation();
  const cells = useRunState(store, (state) => state.cells);
  const running = useRunState(store, (state) => state.running);
  const facts = useRunState(store, (state) => state.facts);
  const loading = useRunState(store, (state) => state.lastSeq) < run.last_seq;
  const estimate = useEstimate(run, store);
  const usual = useMemo(() => usualSeconds(estimate), [estimate]);
  const [search, setSearch] = useSearchParams();
  const target = cellNumber(search.get('cell'));
  const isReport = search.get('view') === 'report';
  const [following, setFollowing] = useState(target === null && !isFinal(run.status));
  const scroller = useRef<HTMLDivElement>(null);
  const current = following ? running : null;
  const stopFollowing = () => setFollowing(false);
  useFollowCell(scroller, current, stopFollowing);
  useTarget(scroller, target, cells.length > 0);
  usePrint(cells.length > 0 && !loading);

  if (cells.length === 0) return loading ? <Loading /> : <NoCells run={run} />;
  const change = (name: 'cell' | 'view', value: string | null) => {
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === null) next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  };
  const goTo = (index: number) => {
    setFollowing(false);
    change('cell', String(index));
    show(scroller.current, index);
  };
  return (
    <div className={classes.pane}>
      <nav className={classes.rail} aria-label={t('run.notebook.cells')}>
        <CellRail cells={cells} usual={usual} current={running ?? target} onSelect={goTo} />
      </nav>
      <div className={classes.main}>
        <div className={classes.tools}>
          <CellJump cells={cells} current={running ?? target} onSelect={goTo} />
          {!isFinal(run.status) && (
            <Switch
              label={t('run.notebook.follow')}
              checked={following}
              onChange={(event) => setFollowing(event.currentTarget.checked)}
            />
          )}
          <Switch
            label={t('run.notebook.report')}
            checked={isReport}
            onChange={(event) => change('view', event.currentTarget.checked ? 'report' : null)}
          />
          {isReport && (
            <Button variant="default" size="xs" onClick={() => window.print()}>
              {t('run.notebook.print')}
            </Button>
          )}
        </div>
        <Scroll ref={scroller} className={classes.scroller} role="region" aria-label={t('run.notebook.label')}>
          <div className={classes.cells} data-printed data-report={isReport || undefined}>
            {isReport && <ReportHead run={run} />}
            {cells.map((cell) =>
              isReport ? (
                <ReportCell key={cell.id || cell.index} cell={cell} />
              ) : (
                <NotebookCell
                  key={cell.id || cell.index}
                  cell={cell}
                  usual={usual.get(cell.index)}
                  language={usualLanguage(facts)}
                  targeted={cell.index === target}
                />
              ),
            )}
          </div>
        </Scroll>
      </div>
    </div>
  );
}

function Loading() {
  return (
    <div className={classes.cells} aria-busy="true">
      <Skeleton height={24} width={240} mb={16} ml={60} />
      <Skeleton height={64} mb={16} ml={60} />
      <Skeleton height={96} mb={16} ml={60} />
    </div>
  );
}

function NoCells({ run }: { run: Run }) {
  const { t } = useTranslation();
  if (isFinal(run.status)) {
    return (
      <EmptyState title={t('run.notebook.neverBegan')}>
        <p>{t('run.notebook.neverBeganText')}</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState title={t('run.notebook.notBegun')}>
      <p>{t('run.notebook.notBegunText')}</p>
    </EmptyState>
  );
}

function cellNumber(text: string | null): number | null {
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

function usualLanguage(facts: Readonly<Record<string, unknown>>): Language {
  const kernel = typeof facts.kernel === 'string' ? facts.kernel.toLowerCase() : '';
  if (kernel.startsWith('julia')) return 'julia';
  return kernel === 'ir' ? 'r' : 'python';
}
