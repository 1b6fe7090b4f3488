import { useEffect, useRef } from 'react';

/**
 * What is typed between the opening of something and its field having the cursor: written into the field, and neither lost
 * nor taken for shortcuts or for a press of what had the cursor before.
 *
 * @param field selects the field
 */
export function useTypedAhead(isOpen: boolean, field: string, onText: (text: string) => void): void {
  const latest = useRef(onText);
  useEffect(() => {
    latest.current = onText;
  });
  useEffect(() => {
    if (!isOpen) return undefined;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.activeElement?.matches(field)) return;
      if (event.key.length !== 1 && event.key !== 'Enter') return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key !== 'Enter') latest.current(event.key);
    };
    // Before anybody else hears of it.
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, [isOpen, field]);
}
