/**
 * Every keyboard shortcut of the dashboard, in the order in which the help shows them.
 *
 * What is not here cannot be bound: `useShortcuts` takes no other keys. What lists do by themselves, with the keys that
 * lists have everywhere, is here to be read. The meaning is said by `app.shortcuts.meanings[id]`.
 */

export const PLACES = ['everywhere', 'tasks', 'runs', 'form', 'run'] as const;

export const SHORTCUTS = [
  { id: 'palette', keys: 'Mod+k', place: 'everywhere' },
  { id: 'search', keys: '/', place: 'everywhere' },
  { id: 'tasks', keys: 'g t', place: 'everywhere' },
  { id: 'runs', keys: 'g r', place: 'everywhere' },
  { id: 'connections', keys: 'g c', place: 'everywhere' },
  { id: 'configuration', keys: 'g f', place: 'everywhere' },
  { id: 'settings', keys: 'g s', place: 'everywhere' },
  { id: 'sidebar', keys: '[', place: 'everywhere' },
  { id: 'close', keys: 'Escape', place: 'everywhere' },
  { id: 'help', keys: '?', place: 'everywhere' },
  { id: 'moveTasks', keys: 'ArrowUp|ArrowDown', place: 'tasks' },
  { id: 'endsOfTasks', keys: 'Home|End', place: 'tasks' },
  { id: 'openTask', keys: 'Enter', place: 'tasks' },
  { id: 'openForm', keys: 'r', place: 'tasks' },
  { id: 'moveRuns', keys: 'ArrowUp|ArrowDown', place: 'runs' },
  { id: 'endsOfRuns', keys: 'Home|End', place: 'runs' },
  { id: 'openRun', keys: 'Enter', place: 'runs' },
  { id: 'selectRun', keys: 'x', place: 'runs' },
  { id: 'start', keys: 'Mod+Enter', place: 'form' },
  { id: 'again', keys: 'r', place: 'run' },
] as const satisfies readonly { id: string; keys: string; place: (typeof PLACES)[number] }[];

export type ShortcutKeys = (typeof SHORTCUTS)[number]['keys'];

/** The keys to press one after the other ("g t"), at once ("Mod+k"), or one of them ("Home|End"), as they are on this keyboard. */
export function keysOf(keys: ShortcutKeys, isMac: boolean = onMac()): string[] {
  return keys.split(/[ +|]/).map((key) => (key === 'Mod' ? (isMac ? 'Meta' : 'Control') : key));
}

function onMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent);
}
