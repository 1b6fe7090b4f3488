/** The icons that `navigation.json` names, as far as there are any like them here. */

import {
  ChartIcon,
  CheckIcon,
  ConnectionsIcon,
  DownloadIcon,
  ExternalIcon,
  FolderIcon,
  InfoIcon,
  LockIcon,
  NotebookIcon,
  PlayIcon,
  RefreshIcon,
  ResetIcon,
  RunsIcon,
  ScriptIcon,
  SearchIcon,
  SettingsIcon,
  StarIcon,
  TasksIcon,
  UploadIcon,
  WarningIcon,
} from '@/components/icons';

/** Each with the parts of names it stands for; the first that fits is taken. */
const KNOWN: readonly (readonly [parts: readonly string[], icon: typeof PlayIcon])[] = [
  [['download', 'import'], DownloadIcon],
  [['upload', 'export', 'send', 'mail'], UploadIcon],
  [['refresh', 'reload', 'sync', 'update', 'rotate', 'repeat'], RefreshIcon],
  [['undo', 'restore', 'reset', 'back'], ResetIcon],
  [['database', 'server', 'storage'], ConnectionsIcon],
  [['chart', 'graph', 'analytic', 'dashboard', 'report'], ChartIcon],
  [['setting', 'cog', 'gear', 'tool', 'adjust'], SettingsIcon],
  [['folder', 'archive'], FolderIcon],
  [['notebook', 'book', 'file', 'document'], NotebookIcon],
  [['terminal', 'code', 'script'], ScriptIcon],
  [['search', 'zoom', 'find'], SearchIcon],
  [['clock', 'history', 'time', 'calendar'], RunsIcon],
  [['list', 'task', 'menu'], TasksIcon],
  [['alert', 'warning', 'bug'], WarningIcon],
  [['info', 'help'], InfoIcon],
  [['lock', 'key', 'shield'], LockIcon],
  [['link', 'external', 'world', 'globe'], ExternalIcon],
  [['star', 'heart', 'bookmark'], StarIcon],
  [['check', 'done'], CheckIcon],
];

/** What runs a task has a triangle, where nothing better is known. */
export function actionIcon(name: string): typeof PlayIcon {
  const wanted = name.toLowerCase();
  return KNOWN.find(([parts]) => parts.some((part) => wanted.includes(part)))?.[1] ?? PlayIcon;
}
