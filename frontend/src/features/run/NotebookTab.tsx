import { Button, NativeSelect, Skeleton, Switch } from '@mantine/core';
import type { TFunction } from 'i18next';
import { memo, useEffect, useEffectEvent, useMemo, useRef, useState, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate, useSearchParams } from 'react-router';
import { isFinal, type Run } from '@/api/types';
import { Elapsed } from '@/components/Duration';
import { EmptyState } from '@/components/EmptyState';
import { ChevronDownIcon, ChevronRightIcon } from '@/components/icons';
import { Markdown } from '@/components/Markdown';
import { formatDuration } from '@/lib/durations';
import { formatBytes } from '@/lib/numbers';
import { formatTime } from '@/lib/times';
import { useNow } from '@/lib/useNow';
import { CellStateIcon } from './CellStateIcon';
import * as names from './cells';
import { Code, languageOf } from '@/components/Code';
import { timesSlower, usualSeconds } from './estimate';
import type { Language } from '@/components/highlight';
import { Outputs } from '@/components/outputs/Outputs';
import { listed } from './parameters';
import type { Cell } from './run-state';
import type { RunStore } from './run-store';
import { useEstimate } from './useEstimate';
import { useRunState } from './useRunEvents';
import classes from './notebook.module.css';
import './print.css';

const PRINT_AFTER_MS = 800;

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
        <Rail cells={cells} usual={usual} current={running ?? target} onSelect={goTo} />
      </nav>
      <div className={classes.main}>
        <div className={classes.tools}>
          <Jump cells={cells} current={running ?? target} onSelect={goTo} />
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
        <div
          ref={scroller}
          className={classes.scroller}
          role="region"
          aria-label={t('run.notebook.label')}
          // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard
          tabIndex={0}
        >
          <div className={classes.cells} data-printed data-report={isReport || undefined}>
            {isReport && <ReportHead run={run} />}
            {cells.map((cell) =>
              isReport ? (
                <ReportCell key={cell.id || cell.index} cell={cell} />
              ) : (
                <OneCell
                  key={cell.id || cell.index}
                  cell={cell}
                  usual={usual.get(cell.index)}
                  language={usualLanguage(facts)}
                  targeted={cell.index === target}
                />
              ),
            )}
          </div>
        </div>
      </div>
    </div>
  );
}

interface CellsProps {
  cells: readonly Cell[];
  current: number | null;
  onSelect: (index: number) => void;
}

function Rail({ cells, usual, current, onSelect }: CellsProps & { usual: ReadonlyMap<number, number> }) {
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
function Jump({ cells, current, onSelect }: CellsProps) {
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

/** Says what the report is of, on the screen and on paper. */
function ReportHead({ run }: { run: Run }) {
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
const ReportCell = memo(function ReportCell({ cell }: { cell: Cell }) {
  const { t } = useTranslation();
  if (cell.type !== 'code' ? cell.source.trim() === '' : cell.outputs.length === 0) return null;
  const name = cell.number === null ? t('run.notebook.text') : t('run.notebook.cell', { number: cell.number });
  return (
    <div role="group" className={classes.reportCell} data-cell={cell.index} aria-label={name}>
      {cell.type === 'code' ? (
        <Outputs outputs={cell.outputs} forgotten={cell.forgotten} of={name} />
      ) : (
        <Source cell={cell} language="python" name={name} />
      )}
    </div>
  );
});

interface OneCellProps {
  cell: Cell;
  /** Seconds. */
  usual: number | undefined;
  language: Language;
  targeted: boolean;
}

const OneCell = memo(function OneCell({ cell, usual, language, targeted }: OneCellProps) {
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
          <Source cell={cell} language={language} name={name} />
        )}
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
          <Markdown text={cell.source} math />
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

interface CellTimeProps {
  cell: Cell;
  /** Seconds. */
  usual: number | undefined;
  className: string | undefined;
  /** "4×" has to do, with the words for whoever points at it or listens. */
  short?: boolean;
}

/** What the cell took, or has taken so far, and whether that is more than usual. */
function CellTime({ cell, usual, className, short = false }: CellTimeProps) {
  const { t } = useTranslation();
  if (cell.seconds !== null) {
    return (
      <span className={className} title={usage(cell, t)}>
        <Slower seconds={cell.seconds} usual={usual} short={short} />
        {formatDuration(cell.seconds)}
      </span>
    );
  }
  if (cell.state !== 'running' || cell.startedAt === null) return null;
  return (
    <span className={className}>
      <SlowerSoFar since={cell.startedAt} usual={usual} short={short} />
      <Elapsed since={cell.startedAt} />
    </span>
  );
}

interface SlowerProps {
  usual: number | undefined;
  short: boolean;
}

function Slower({ seconds, usual, short }: SlowerProps & { seconds: number }) {
  const { t } = useTranslation();
  const times = timesSlower(seconds, usual);
  if (times === null || usual === undefined) return null;
  const words = t('run.notebook.slower', { times });
  return (
    <>
      <span className={classes.slower} title={`${words}, ${t('run.notebook.usual', { time: formatDuration(usual) })}`}>
        {short ? (
          <>
            <span aria-hidden="true">{t('run.notebook.times', { times })}</span>
            <span className={classes.hidden}>{words}</span>
          </>
        ) : (
          words
        )}
      </span>{' '}
    </>
  );
}

function SlowerSoFar({ since, ...rest }: SlowerProps & { since: string }) {
  const now = useNow(1000);
  return <Slower seconds={(now - new Date(since).getTime()) / 1000} {...rest} />;
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

/** Who asked for paper gets the browser's print when the report is there. */
function usePrint(ready: boolean) {
  const location = useLocation();
  const navigate = useNavigate();
  const wanted = (location.state as { print?: boolean } | null)?.print === true;
  const print = useEffectEvent(() => {
    // Going back to this page later must not print again.
    void navigate({ search: location.search }, { replace: true, state: null });
    window.print();
  });
  useEffect(() => {
    if (!ready || !wanted) return undefined;
    // When formulas, pictures and frames have been drawn once.
    const timer = setTimeout(() => print(), PRINT_AFTER_MS);
    return () => clearTimeout(timer);
  }, [ready, wanted]);
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
