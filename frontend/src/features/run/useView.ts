import { useEffect, useState, type RefObject } from 'react';
import { ROW_HEIGHT } from './LogRowView';

/** Until the pane has been measured. */
const FIRST_VIEW = 800;

/** Which stretch of the list is in view. */
export function useView(scroller: RefObject<HTMLElement | null>) {
  const [view, setView] = useState({ top: 0, height: FIRST_VIEW });
  const update = () => {
    const element = scroller.current;
    if (!element) return;
    const { scrollTop, clientHeight } = element;
    setView((before) => {
      // In steps of some rows: the rows around the view are there already.
      const top = Math.floor(scrollTop / (ROW_HEIGHT * 5)) * ROW_HEIGHT * 5;
      const height = (clientHeight || FIRST_VIEW) + ROW_HEIGHT * 5;
      return before.top === top && before.height === height ? before : { top, height };
    });
  };
  useEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(update);
    observer.observe(element);
    return () => observer.disconnect();
  });
  return { ...view, update };
}
