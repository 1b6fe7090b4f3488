/** A notification of the browser, outside of the page. */

import type { Run } from '@/api/types';
import * as permission from '@/lib/notificationPermission';

export interface Words {
  title: string;
  text: string;
}

/** Nothing, where the browser was told not to let us. Pressing it brings this tab to the front. */
export function show(run: Pick<Run, 'id'>, { title, text }: Words, onOpen: () => void): void {
  if (permission.current() !== 'granted') return;
  try {
    // Of two with the same tag, a browser shows one.
    const notification = new Notification(title, { body: text, tag: `taskdeck-run-${run.id}`, icon: '/favicon.svg' });
    notification.onclick = () => {
      window.focus();
      notification.close();
      onOpen();
    };
  } catch {
    // Browsers of phones have them for service workers alone: the tab's name and the page tell.
  }
}
