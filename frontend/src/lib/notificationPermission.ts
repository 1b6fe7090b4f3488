/** Whether the browser lets us speak outside of the page. It is asked only when somebody presses a button for it. */

import { useSyncExternalStore } from 'react';

/** `missing`: the browser has none, or the page did not come over https. */
export type NotificationPermissionState = NotificationPermission | 'missing';

const listeners = new Set<() => void>();

export function current(): NotificationPermissionState {
  return 'Notification' in window ? Notification.permission : 'missing';
}

/** Asks, where it has not been answered before. */
export async function ask(): Promise<NotificationPermissionState> {
  if (current() === 'default') await Notification.requestPermission();
  tell();
  return current();
}

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  // It can be changed in the browser's own settings, and nothing announces that everywhere.
  window.addEventListener('focus', tell);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener('focus', tell);
  };
}

export function useNotificationPermission(): NotificationPermissionState {
  return useSyncExternalStore(subscribe, current);
}
