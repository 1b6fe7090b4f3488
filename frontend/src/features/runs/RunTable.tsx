import { Button } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useEffectEvent, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Parameter, Run, RunDigests } from '@/api/types';
import { allOrNone, extended, NONE, toggled, type Selection } from './selection';
import { RunRow, RunRowSkeleton } from './RunRow';
import classes from './RunsPage.module.css';

interface RunTableProps {
  /** `null` while the first ones are loading. */
  runs: readonly Run[] | null;
  /** They are of another filter than the present one. */
  stale: boolean;
  columns: readonly string[];
  parameters: readonly Parameter[] | null;
  digests: RunDigests['tasks'] | undefined;
  selection: Selection;
  onSelect: (selection: Selection) => void;
  /** Of the address: what is remembered of where the reader was. */
  place: string;
  /** There are older runs, and they can be asked for now. */
  wantsMore: boolean;
  onEnd: () => void;
  /** What comes after the last row. */
  children: React.ReactNode;
}

const ROW_HEIGHT = 38;
const OVERSCAN = 12;
/** Rows before the end at which older runs are asked for. */
const AHEAD = 10;
const SKELETONS = 12;

/** Where the reader was in each view, so that she comes back to it from a run. */
const places = new Map<string, number>();

export function RunTable(props: RunTableProps) {
  const { t } = useTranslation();
  const { runs, stale, columns, parameters, digests, selection, onSelect, place, wantsMore, onEnd, children } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const { shown, fresh, onScroll, showAll } = useCalmNews(runs, selection.size > 0, scroller);
  const [activeId, setActiveId] = useState<number | null>(null);
  const [anchor, setAnchor] = useState<number | null>(null);
  const ids = shown.map((run) => run.id);

  // eslint-disable-next-line react-hooks/incompatible-library -- nothing below is memoised by what the virtualizer returns
  const virtualizer = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => shown[index]?.id ?? index,
    overscan: OVERSCAN,
    initialOffset: places.get(place) ?? 0,
  });
  const items = virtualizer.getVirtualItems();
  const [first, last] = [items[0], items.at(-1)];
  const above = first?.start ?? 0;
  const below = last ? Math.max(0, virtualizer.getTotalSize() - last.end) : 0;

  // Also where nothing was found so far.
  const nearEnd = (last?.index ?? -1) >= shown.length - AHEAD;
  const end = useEffectEvent(onEnd);
  useEffect(() => {
    if (nearEnd && wantsMore) end();
  }, [nearEnd, wantsMore]);

  // Something can always be reached by the Tab key, also when the active row has been scrolled away.
  const drawn = items.map(({ index }) => ids[index]);
  const active = activeId !== null && drawn.includes(activeId) ? activeId : drawn[0];

  const focusRow = (index: number) => {
    const id = ids[index];
    if (id === undefined) return;
    setActiveId(id);
    virtualizer.scrollToIndex(index, { align: 'auto' });
    const focus = () => scroller.current?.querySelector<HTMLElement>(`[data-run="${id}"] a`)?.focus({ preventScroll: true });
    // A row far away is drawn after the scrolling.
    if (drawn.includes(id)) focus();
    else requestAnimationFrame(() => requestAnimationFrame(focus));
  };
  const select = (id: number, toHere: boolean) => {
    setActiveId(id);
    onSelect(toHere ? extended(selection, ids, anchor, id) : toggled(selection, id));
    setAnchor(id);
  };
  // The rows are drawn anew only when they change: this never does.
  const latest = useRef(select);
  useEffect(() => {
    latest.current = select;
  });
  const [selectRow] = useState(() => (id: number, toHere: boolean) => latest.current(id, toHere));

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = event.target instanceof Element ? event.target.closest('[data-run]') : null;
    const at = row ? ids.indexOf(Number(row.getAttribute('data-run'))) : -1;
    const page = Math.max(1, items.length - 2 * OVERSCAN);
    const moves: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: ids.length - 1, PageDown: at + page, PageUp: at - page };
    const to = moves[event.key];
    if (to !== undefined) {
      const index = Math.min(Math.max(to, 0), ids.length - 1);
      if (event.shiftKey && at >= 0 && ids[index] !== undefined) {
        // Both ends become selected, and all between them.
        const range = ids.slice(Math.min(at, index), Math.max(at, index) + 1);
        onSelect(new Set([...selection, ...range]));
      }
      focusRow(index);
    } else if (event.key === 'x' && at >= 0 && ids[at] !== undefined) select(ids[at], false);
    else if (event.key === 'Escape' && selection.size > 0) onSelect(NONE);
    else return;
    event.preventDefault();
  };

  const title = (name: string) => {
    const told = parameters?.find((parameter) => parameter.name === name)?.title ?? shown[0]?.parameter_titles?.[name];
    return told !== undefined && told !== '' ? told : name;
  };
  return (
    <div className={classes.pane}>
      <div role="status" className={classes.news}>
        {fresh > 0 && (
          <Button size="compact-sm" radius="xl" onClick={showAll}>
            {t('runs.news', { count: fresh })}
          </Button>
        )}
      </div>
      <div
        ref={scroller}
        className={classes.scroll}
        aria-busy={runs === null || stale}
        data-selecting={selection.size > 0 || undefined}
        onScroll={(event) => {
          places.set(place, event.currentTarget.scrollTop);
          onScroll();
        }}
      >
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the keys move between the links in it */}
        <table
          className={classes.table}
          data-columns={columns.length > 0 || undefined}
          aria-rowcount={shown.length + 1}
          aria-keyshortcuts="ArrowUp ArrowDown x"
          onKeyDown={onKeyDown}
          onFocus={(event) => {
            const row = event.target.closest('[data-run]');
            if (row) setActiveId(Number(row.getAttribute('data-run')));
          }}
        >
          <caption className={classes.hidden}>{t('runs.caption')}</caption>
          <thead>
            <tr>
              <th scope="col" className={classes.select}>
                {/* eslint-disable-next-line jsx-a11y/label-has-associated-control -- the field is in the component, with a name of its own */}
                <label className={classes.check}>
                  <AllCheckbox
                    label={t('runs.selectAll')}
                    all={ids.length > 0 && ids.every((id) => selection.has(id))}
                    some={selection.size > 0}
                    disabled={ids.length === 0}
                    onChange={() => onSelect(allOrNone(selection, ids))}
                  />
                </label>
              </th>
              <th scope="col" className={classes.status}>
                {t('runs.columns.status')}
              </th>
              <th scope="col" className={classes.what}>
                {t('runs.columns.run')}
              </th>
              {columns.length === 0 ? (
                <th scope="col" className={classes.values}>
                  {t('runs.columns.values')}
                </th>
              ) : (
                columns.map((name) => (
                  <th key={name} scope="col" className={classes.value} data-number={typeof shown[0]?.parameters[name] === 'number' || undefined}>
                    {title(name)}
                  </th>
                ))
              )}
              <th scope="col" className={classes.by}>
                {t('runs.columns.startedBy')}
              </th>
              <th scope="col" className={classes.time}>
                {t('runs.columns.started')}
              </th>
              <th scope="col" className={classes.duration}>
                {t('runs.columns.duration')}
              </th>
            </tr>
          </thead>
          <tbody data-stale={stale || undefined}>
            {above > 0 && (
              <tr aria-hidden="true" className={classes.space}>
                <td style={{ height: above }} />
              </tr>
            )}
            {runs === null && Array.from({ length: SKELETONS }, (_, index) => <RunRowSkeleton key={index} columns={columns.length} />)}
            {items.map(({ index, key }) => {
              const run = shown[index];
              return (
                run && (
                  <RunRow
                    key={key}
                    run={run}
                    index={index}
                    columns={columns}
                    digests={digests?.[run.task]}
                    selected={selection.has(run.id)}
                    active={run.id === active}
                    onSelect={selectRow}
                    measure={virtualizer.measureElement}
                  />
                )
              );
            })}
            {below > 0 && (
              <tr aria-hidden="true" className={classes.space}>
                <td style={{ height: below }} />
              </tr>
            )}
          </tbody>
        </table>
        <div className={classes.more}>{children}</div>
      </div>
    </div>
  );
}

interface AllCheckboxProps {
  label: string;
  all: boolean;
  some: boolean;
  disabled: boolean;
  onChange: () => void;
}

function AllCheckbox({ label, all, some, disabled, onChange }: AllCheckboxProps) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = some && !all;
  }, [some, all]);
  return <input ref={box} type="checkbox" aria-label={label} checked={all} disabled={disabled} onChange={onChange} />;
}

/**
 * What is listed does not move under the reader's eyes: away from the top, and while something is selected, new runs
 * are counted and wait until she wants to see them.
 */
function useCalmNews(runs: readonly Run[] | null, selecting: boolean, scroller: React.RefObject<HTMLDivElement | null>) {
  const newest = runs?.[0]?.id ?? 0;
  const [away, setAway] = useState(false);
  const [heldAt, setHeldAt] = useState<number | null>(null);
  const hold = away || selecting;
  // Derived while drawing: the list of this very drawing has to be without what came just now.
  if (hold && heldAt === null && newest > 0) setHeldAt(newest);
  if (!hold && heldAt !== null) setHeldAt(null);
  const all = runs ?? [];
  const shown = hold && heldAt !== null ? all.filter((run) => run.id <= heldAt) : all;
  return {
    shown,
    fresh: all.length - shown.length,
    onScroll: () => setAway((scroller.current?.scrollTop ?? 0) > ROW_HEIGHT / 2),
    showAll: () => {
      setHeldAt(newest);
      scroller.current?.scrollTo({ top: 0 });
    },
  };
}
