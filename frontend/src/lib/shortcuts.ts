/** Keyboard shortcuts of one key ("r") or of two in a row ("g t"). */

import { useEffect, useRef } from 'react';
import type { ShortcutKeys } from '@/lib/shortcutList';

export type Shortcuts = Readonly<Partial<Record<ShortcutKeys, () => void>>>;

const SEQUENCE_MILLISECONDS = 1200;

/**
 * What a key means after `pending` (the first key of a sequence, or an empty text).
 *
 * @returns the shortcut to carry out, and what is pending from now on
 */
export function next(pending: string, key: string, shortcuts: readonly string[]): { hit: string | null; pending: string } {
  for (const candidate of pending ? [`${pending} ${key}`, key] : [key]) {
    if (shortcuts.includes(candidate)) return { hit: candidate, pending: '' };
    if (shortcuts.some((shortcut) => shortcut.startsWith(`${candidate} `))) return { hit: null, pending: candidate };
  }
  return { hit: null, pending: '' };
}

/** Somebody is writing, or a dialog is open: keys mean something else there. */
function isBusy(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest('input, textarea, select, [contenteditable="true"], [role="combobox"]')) return true;
  return document.querySelector('[role="dialog"]') !== null;
}

/** Listens for as long as the component is shown. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    let pending = '';
    let pressedAt = 0;
    const onKey = (event: KeyboardEvent) => {
      if (isBusy(event)) return;
      if (event.timeStamp - pressedAt > SEQUENCE_MILLISECONDS) pending = '';
      const result = next(pending, event.key, Object.keys(latest.current));
      pending = result.pending;
      pressedAt = event.timeStamp;
      if (result.hit === null) return;
      event.preventDefault();
      latest.current[result.hit as ShortcutKeys]?.();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

/** Ctrl (on a Mac Cmd) with a key: also where somebody is writing, and over a dialog. */
export function useChord(keys: Extract<ShortcutKeys, `Mod+${string}`>, onPress: () => void): void {
  const latest = useRef(onPress);
  useEffect(() => {
    latest.current = onPress;
  });
  useEffect(() => {
    const key = keys.slice('Mod+'.length);
    const onKey = (event: KeyboardEvent) => {
      const withMod = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
      if (!withMod || event.key.toLowerCase() !== key.toLowerCase() || event.isComposing) return;
      event.preventDefault();
      if (!event.repeat) latest.current();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [keys]);
}
