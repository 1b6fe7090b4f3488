/** Fetches the page anew, whatever the browser remembers of it. */
export function reload(): void {
  window.location.reload();
}
