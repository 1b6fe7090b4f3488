/** Whether somebody looks at this tab: it is in view, and the keyboard speaks to it. */

import { useSyncExternalStore } from 'react';

const SIGNS = [
  [document, 'visibilitychange'],
  [window, 'focus'],
  [window, 'blur'],
] as const;

export function isAttentive(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}

function subscribe(listener: () => void): () => void {
  for (const [target, sign] of SIGNS) target.addEventListener(sign, listener);
  return () => {
    for (const [target, sign] of SIGNS) target.removeEventListener(sign, listener);
  };
}

export function useAttention(): boolean {
  return useSyncExternalStore(subscribe, isAttentive);
}
