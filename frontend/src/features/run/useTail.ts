import { useLayoutEffect, useRef, useState, type RefObject, type WheelEvent } from 'react';

interface Tail {
  following: boolean;
  /** What came since the reader scrolled up. */
  unseen: number;
  onScroll: () => void;
  onWheel: (event: WheelEvent) => void;
  follow: () => void;
}

/** Within so many pixels, the end counts as reached. */
const NEAR = 24;

/**
 * Keeps the end of a growing list in view until the reader scrolls up, and again when she comes back to it.
 *
 * @param end how many things there have been in the list
 * @param onView is called when another part of the list comes into view but by following its end
 */
export function useTail(scroller: RefObject<HTMLElement | null>, end: number, initially: boolean, onView: () => void): Tail {
  const [following, setFollowing] = useState(initially);
  /** How many there were when the reader left the end; `null`: she has not been there. */
  const [seen, setSeen] = useState<number | null>(null);
  const top = useRef(0);

  // After each drawing, not only when `end` changes: rows may turn out taller than they were estimated.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!following || !element) return;
    element.scrollTo({ top: element.scrollHeight });
    top.current = element.scrollTop;
  });

  const leave = () => {
    setFollowing(false);
    setSeen(end);
    onView();
  };
  return {
    following,
    unseen: following || seen === null ? 0 : Math.max(0, end - seen),
    onScroll: () => {
      const element = scroller.current;
      if (!element) return;
      const { scrollTop, scrollHeight, clientHeight } = element;
      const atEnd = scrollHeight - scrollTop - clientHeight <= NEAR;
      // A list that grows moves its end away as well: only going up is the reader's wish.
      const up = scrollTop < top.current - 1;
      top.current = scrollTop;
      if (atEnd) setFollowing(true);
      else if (up && following) leave();
      else if (!following) onView();
    },
    // In a list that grows by pages at a time, a turn of the wheel would be undone before its scrolling is noticed.
    onWheel: ({ deltaY }) => {
      const element = scroller.current;
      if (following && deltaY < 0 && element && element.scrollHeight > element.clientHeight) leave();
    },
    follow: () => setFollowing(true),
  };
}
