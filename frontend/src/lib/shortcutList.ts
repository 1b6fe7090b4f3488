/**
 * Every keyboard shortcut of the dashboard, in the order in which the help shows them.
 *
 * What is not here cannot be bound: `useShortcuts` takes no other keys. Its meaning is said by
 * `app.shortcuts.meanings[id]`.
 */

export const PLACES = ['everywhere', 'tasks', 'form', 'run'] as const;

export const SHORTCUTS = [
  { id: 'palette', keys: 'Mod+k', place: 'everywhere' },
  { id: 'search', keys: '/', place: 'everywhere' },
  { id: 'tasks', keys: 'g t', place: 'everywhere' },
  { id: 'runs', keys: 'g r', place: 'everywhere' },
  { id: 'connections', keys: 'g c', place: 'everywhere' },
  { id: 'settings', keys: 'g s', place: 'everywhere' },
  { id: 'sidebar', keys: '[', place: 'everywhere' },
  { id: 'close', keys: 'Escape', place: 'everywhere' },
  { id: 'help', keys: '?', place: 'everywhere' },
  { id: 'openForm', keys: 'r', place: 'tasks' },
  { id: 'start', keys: 'Mod+Enter', place: 'form' },
  { id: 'again', keys: 'r', place: 'run' },
] as const satisfies readonly { id: string; keys: string; place: (typeof PLACES)[number] }[];

export type ShortcutKeys = (typeof SHORTCUTS)[number]['keys'];

/** The keys to press one after the other ("g t"), or at once ("Mod+k"), as they are on this keyboard. */
export function keysOf(keys: ShortcutKeys, isMac: boolean = onMac()): string[] {
  return keys.split(/[ +]/).map((key) => (key === 'Mod' ? (isMac ? 'Meta' : 'Control') : key));
}

function onMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent);
}
