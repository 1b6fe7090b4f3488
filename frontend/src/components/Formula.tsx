import { useLayoutEffect, useRef } from 'react';
import type { Formula as FormulaText } from './math';

type Draw = typeof import('./formula').draw;

let loaded: Draw | null = null;

/** Draws the formulas into their elements: at once where the renderer is there, else when it has come. */
export function useFormulas(find: () => [HTMLElement, FormulaText][], text: unknown): void {
  const latest = useRef(find);
  useLayoutEffect(() => {
    latest.current = find;
  });
  useLayoutEffect(() => {
    const places = latest.current();
    if (places.length === 0) return undefined;
    let gone = false;
    const drawAll = (draw: Draw) => {
      if (!gone) for (const [element, formula] of places) draw(element, formula);
    };
    if (loaded) drawAll(loaded);
    else {
      // Where it does not come, the formulas stay as they were written.
      import('./formula').then(
        ({ draw }) => {
          loaded = draw;
          drawAll(draw);
        },
        () => undefined,
      );
    }
    return () => {
      gone = true;
    };
  }, [text]);
}

/** One formula by itself. */
export function Formula({ tex, display }: FormulaText) {
  const element = useRef<HTMLSpanElement>(null);
  useFormulas(() => (element.current ? [[element.current, { tex, display }]] : []), `${display} ${tex}`);
  return <span ref={element} data-formula={display ? 'display' : 'inline'} />;
}
