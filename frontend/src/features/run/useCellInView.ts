import { useEffect, useEffectEvent, useRef, type RefObject } from 'react';

/** Keeps the end of the running cell in view, until the reader scrolls up. */
export function useFollowCell(scroller: RefObject<HTMLDivElement | null>, index: number | null, onUp: () => void) {
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
export function useTarget(scroller: RefObject<HTMLDivElement | null>, target: number | null, ready: boolean) {
  const first = useRef(target);
  useEffect(() => {
    if (!ready || first.current === null) return;
    show(scroller.current, first.current);
    first.current = null;
  }, [scroller, ready]);
}

export function show(scroller: HTMLElement | null, index: number) {
  scroller?.querySelector(`[data-cell="${index}"]`)?.scrollIntoView({ block: 'start' });
}
