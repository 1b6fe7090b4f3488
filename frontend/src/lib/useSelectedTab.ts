import { useEffect, useRef, type RefObject } from 'react';

/** For a row of tabs that scrolls where there is little room: the selected one is in view. */
export function useSelectedTab(selected: string): RefObject<HTMLDivElement | null> {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [selected]);
  return list;
}
