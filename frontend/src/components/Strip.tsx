import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { ChevronRightIcon } from '@/components/icons';
import classes from './Strip.module.css';

interface StripProps {
  /** One element that holds them all. */
  children: ReactNode;
  /** Names the one that is marked with `data-current`, which comes into sight when it becomes another. */
  current?: string | undefined;
}

interface Sides {
  before: boolean;
  after: boolean;
}

/**
 * What stands in one line, and scrolls sideways where it does not fit. A fade and an arrow stand at each end behind which
 * there is more; the keyboard needs no arrow, since what has the focus comes into sight.
 */
export function Strip({ children, current }: StripProps) {
  const track = useRef<HTMLDivElement>(null);
  const [more, setMore] = useState<Sides>({ before: false, after: false });
  useLayoutEffect(() => {
    const element = track.current;
    if (!element) return;
    const look = () =>
      setMore((known) => {
        const next = sidesOf(element);
        return known.before === next.before && known.after === next.after ? known : next;
      });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    if (element.firstElementChild) observer.observe(element.firstElementChild);
    element.addEventListener('scroll', look, { passive: true });
    look();
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);
  useEffect(() => {
    if (current !== undefined) track.current?.querySelector('[data-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [current]);
  const move = (direction: 1 | -1) => {
    const element = track.current;
    element?.scrollBy({ left: direction * element.clientWidth * 0.7 });
  };
  return (
    <div className={classes.strip} data-before={more.before || undefined} data-after={more.after || undefined}>
      <div ref={track} className={classes.track}>
        {children}
      </div>
      {more.before && (
        <button type="button" tabIndex={-1} aria-hidden="true" className={classes.arrow} data-side="before" onClick={() => move(-1)}>
          <ChevronRightIcon size={12} />
        </button>
      )}
      {more.after && (
        <button type="button" tabIndex={-1} aria-hidden="true" className={classes.arrow} data-side="after" onClick={() => move(1)}>
          <ChevronRightIcon size={12} />
        </button>
      )}
    </div>
  );
}

/** Behind which ends there is more to see; a fraction of a pixel is nothing. */
export function sidesOf({ scrollLeft, clientWidth, scrollWidth }: Pick<Element, 'scrollLeft' | 'clientWidth' | 'scrollWidth'>): Sides {
  return { before: scrollLeft > 1, after: scrollLeft + clientWidth < scrollWidth - 1 };
}
