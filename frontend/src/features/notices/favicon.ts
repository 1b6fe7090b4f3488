/** The icon of the browser's tab: plain, or with a mark of its own shape for how a run ended. */

export type Icon = 'plain' | 'succeeded' | 'failed';

const FILES: Record<Icon, string> = {
  plain: '/favicon.svg',
  succeeded: '/favicon-succeeded.svg',
  failed: '/favicon-failed.svg',
};

export function setFavicon(icon: Icon): void {
  document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.setAttribute('href', FILES[icon]);
}
