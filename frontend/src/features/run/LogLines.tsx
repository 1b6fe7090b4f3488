import { useLayoutEffect, useRef, useState, type MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { LogRowView, ROW_HEIGHT } from './LogRowView';
import type { LogRow } from './log-lines';
import { createRowKeys } from './row-keys';
import classes from './lists.module.css';

interface LogLinesProps {
  /** All rows of the list, also those that are not drawn. */
  count: number;
  /** The place in the list of the first row that is drawn. */
  from: number;
  /** What to add to a place for a number that stays with its row. */
  origin: number;
  rows: readonly { number: number | null; row: LogRow }[];
  /** The number of the line that is marked. */
  target: number | null;
}

/** The lines of the log that are in view, where they stand among all. */
export function LogLines({ count, from, origin, rows, target }: LogLinesProps) {
  const { i18n } = useTranslation();
  const [, setSearch] = useSearchParams();
  const [keysOf] = useState(createRowKeys);
  const { keys, replaced } = keysOf(origin + from, origin + from + rows.length);
  const list = useRef<HTMLDivElement>(null);

  // The elements show other lines now: what was selected is not there any more.
  useLayoutEffect(() => {
    const selection = replaced ? getSelection() : null;
    if (selection?.anchorNode && list.current?.contains(selection.anchorNode)) selection.removeAllRanges();
  }, [keys, replaced]);

  // One for all: a router's link for each of the lines that fly past is what scrolling would cost.
  const onClick = (event: MouseEvent) => {
    const { button, metaKey, ctrlKey, shiftKey, altKey } = event;
    if (button !== 0 || metaKey || ctrlKey || shiftKey || altKey || !(event.target instanceof Element)) return;
    const link = event.target.closest('a');
    if (!link) return;
    event.preventDefault();
    setSearch(new URLSearchParams(link.search), { replace: true });
  };
  return (
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- the links in it are what is clicked
    <div ref={list} className={classes.space} style={{ height: count * ROW_HEIGHT }} onClick={onClick}>
      <div className={classes.window} style={{ transform: `translateY(${from * ROW_HEIGHT}px)` }}>
        {rows.map(({ number, row }, position) => (
          <LogRowView
            key={keys[position]}
            number={number}
            row={row}
            isTarget={number !== null && number === target}
            language={i18n.language}
          />
        ))}
      </div>
    </div>
  );
}
