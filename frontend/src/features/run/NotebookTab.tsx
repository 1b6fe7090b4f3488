import { Skeleton, Switch } from '@mantine/core';
import type { TFunction } from 'i18next';
import { memo, useEffect, useEffectEvent, useRef, useState, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { isFinal, type Run } from '@/api/types';
import { Elapsed } from '@/components/Duration';
import { EmptyState } from '@/components/EmptyState';
import { Markdown } from '@/components/Markdown';
import { formatDuration } from '@/lib/durations';
import { formatBytes } from '@/lib/numbers';
import { CellStateIcon } from './CellStateIcon';
import * as names from './cells';
import { Code, languageOf } from '@/components/Code';
import type { Language } from '@/components/highlight';
import { Outputs } from '@/components/outputs/Outputs';
import type { Cell } from './run-state';
import type { RunStore } from './run-store';
import { useRunState } from './useRunEvents';
import classes from './notebook.module.css';

/** The notebook as it runs: its cells, their outputs, where it is. */
export function NotebookTab({ run, store }: { run: Run; store: RunStore }) {
  const { t } = useTranslation();
  const cells = useRunState(store, (state) => state.cells);
  const running = useRunState(store, (state) => state.running);
  const facts = useRunState(store, (state) => state.facts);
  const loading = useRunState(store, (state) => state.lastSeq) < run.last_seq;
  const [search, setSearch] = useSearchParams();
  const target = cellNumber(search.get('cell'));
  const [following, setFollowing] = useState(target === null && !isFinal(run.status));
  const scroller = useRef<HTMLDivElement>(null);
  const current = following ? running : null;
  const stopFollowing = () => setFollowing(false);
  useFollowCell(scroller, current, stopFollowing);
  useTarget(scroller, target, cells.length > 0);

  if (cells.length === 0) return loading ? <Loading /> : <NoCells run={run} />;
  return (
    <div className={classes.pane}>
      <nav className={classes.rail} aria-label={t('run.notebook.cells')}>
        {!isFinal(run.status) && (
          <div className={classes.follow}>
            <Switch
              label={t('run.notebook.follow')}
              checked={following}
              onChange={(event) => setFollowing(event.currentTarget.checked)}
            />
          </div>
        )}
        <Rail
          cells={cells}
          current={running ?? target}
          onSelect={(index) => {
            setFollowing(false);
            setSearch({ tab: 'notebook', cell: String(index) }, { replace: true });
            show(scroller.current, index);
          }}
        />
      </nav>
      <div
        ref={scroller}
        className={classes.scroller}
        role="region"
        aria-label={t('run.notebook.label')}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard
        tabIndex={0}
      >
        <div className={classes.cells}>
          {cells.map((cell) => (
            <OneCell key={cell.id || cell.index} cell={cell} language={usualLanguage(facts)} targeted={cell.index === target} />
          ))}
        </div>
      </div>
    </div>
  );
}

const Rail = memo(function Rail(props: { cells: readonly Cell[]; current: number | null; onSelect: (index: number) => void }) {
  const { t } = useTranslation();
  const { cells, current, onSelect } = props;
  return (
    <ol className={classes.list}>
      {cells.map(
        (cell) =>
          cell.number !== null && (
            <li key={cell.index}>
              <button
                type="button"
                className={classes.item}
                data-state={cell.state}
                data-current={cell.index === current || undefined}
                onClick={() => onSelect(cell.index)}
              >
                <CellStateIcon state={cell.state} />
                <span className={classes.itemTitle}>
                  <span className={classes.hidden}>{t('run.notebook.stateOf', { state: t(`run.notebook.states.${cell.state}`) })}</span>
                  <span className={classes.itemNumber}>{cell.number}</span> {names.title(cells, cell.index)}
                </span>
                <CellTime cell={cell} className={classes.itemTime} />
              </button>
            </li>
          ),
      )}
    </ol>
  );
});

const OneCell = memo(function OneCell({ cell, language, targeted }: { cell: Cell; language: Language; targeted: boolean }) {
  const { t } = useTranslation();
  const name = cell.number === null ? t('run.notebook.text') : t('run.notebook.cell', { number: cell.number });
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
            <span aria-hidden="true">[{cell.state === 'running' ? '*' : (cell.executionCount ?? ' ')}]</span>
            <CellTime cell={cell} className={classes.gutterTime} />
          </>
        )}
      </div>
      <div className={classes.body}>
        <Source cell={cell} language={language} name={name} />
        <Outputs outputs={cell.outputs} forgotten={cell.forgotten} of={name} />
      </div>
    </div>
  );
});

function Source({ cell, language, name }: { cell: Cell; language: Language; name: string }) {
  const { t } = useTranslation();
  switch (cell.type) {
    case 'code':
      return cell.source === '' ? null : (
        <Code code={cell.source} language={languageOf(cell.source, language)} label={t('run.output.code', { of: name })} />
      );
    case 'markdown':
      return (
        <div className={classes.prose}>
          <Markdown text={cell.source} />
        </div>
      );
    case 'raw':
      return <pre className={classes.raw}>{cell.source}</pre>;
  }
}

/** "Processor 1.2 s, memory up to 310 MB" */
function usage({ cpuSeconds, peakMemory }: Cell, t: TFunction): string | undefined {
  const cpu = cpuSeconds === null ? null : formatDuration(cpuSeconds);
  const memory = peakMemory === null ? null : formatBytes(peakMemory);
  if (cpu !== null && memory !== null) return t('run.notebook.usage', { cpu, memory });
  if (cpu !== null) return t('run.notebook.usageCpu', { cpu });
  return memory === null ? undefined : t('run.notebook.usageMemory', { memory });
}

function CellTime({ cell, className }: { cell: Cell; className: string | undefined }) {
  const { t } = useTranslation();
  if (cell.seconds !== null) {
    return (
      <span className={className} title={usage(cell, t)}>
        {formatDuration(cell.seconds)}
      </span>
    );
  }
  if (cell.state !== 'running' || cell.startedAt === null) return null;
  return (
    <span className={className}>
      <Elapsed since={cell.startedAt} />
    </span>
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

/** Keeps the end of the running cell in view, until the reader scrolls up. */
function useFollowCell(scroller: RefObject<HTMLDivElement | null>, index: number | null, onUp: () => void) {
  const active = index !== null;
  const top = useRef(0);
  const follow = useEffectEvent(() => {
    const element = scroller.current;
    const cell = index === null ? null : element?.querySelector(`[data-cell="${index}"]`);
    if (!element || !cell) return;
    const view = element.getBoundingClientRect();
    const box = cell.getBoundingClientRect();
    const below = box.bottom + 24 - view.bottom;
    const above = box.top - 12 - view.top;
    // The end of a cell that is taller than the view; else the whole of it.
    if (below > 0) element.scrollBy({ top: below });
    else if (above < 0 && box.height < view.height) element.scrollBy({ top: above });
    top.current = element.scrollTop;
  });
  const up = useEffectEvent(onUp);
  useEffect(() => follow(), [index]);
  useEffect(() => {
    const element = scroller.current;
    if (!active || !element) return undefined;
    // Pictures and frames get their height after they were drawn.
    const observer = new ResizeObserver(follow);
    for (const child of element.children) observer.observe(child);
    const onScroll = () => {
      const { scrollTop, scrollHeight, clientHeight } = element;
      // At the very end it is the notebook that got shorter.
      if (scrollTop < top.current - 8 && scrollHeight - scrollTop - clientHeight > 24) up();
      top.current = scrollTop;
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, [scroller, active]);
}

/** Shows the cell of the address when the notebook is there. */
function useTarget(scroller: RefObject<HTMLDivElement | null>, target: number | null, ready: boolean) {
  const first = useRef(target);
  useEffect(() => {
    if (!ready || first.current === null) return;
    show(scroller.current, first.current);
    first.current = null;
  }, [scroller, ready]);
}

function show(scroller: HTMLElement | null, index: number) {
  scroller?.querySelector(`[data-cell="${index}"]`)?.scrollIntoView({ block: 'start' });
}

function cellNumber(text: string | null): number | null {
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

function usualLanguage(facts: Readonly<Record<string, unknown>>): Language {
  const kernel = typeof facts.kernel === 'string' ? facts.kernel.toLowerCase() : '';
  if (kernel.startsWith('julia')) return 'julia';
  return kernel === 'ir' ? 'r' : 'python';
}
