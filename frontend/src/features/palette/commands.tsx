/** What the palette offers. */

import { useMantineColorScheme } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import * as queries from '@/api/queries';
import type { Run } from '@/api/types';
import {
  ConfigurationIcon,
  ConnectionsIcon,
  HelpIcon,
  NotebookIcon,
  PlayIcon,
  RunsIcon,
  ScriptIcon,
  SettingsIcon,
  SidebarIcon,
  SystemIcon,
  TasksIcon,
} from '@/components/icons';
import { StatusIcon } from '@/components/StatusIcon';
import { useOverlay } from '@/lib/overlay';
import * as paths from '@/lib/paths';
import * as preferences from '@/lib/preferences';
import type { ShortcutKeys } from '@/lib/shortcutList';
import { formatTime } from '@/lib/times';
import { LANGUAGES } from '@/texts';

export const GROUPS = ['runs', 'tasks', 'pages', 'actions'] as const;

export interface Command {
  id: string;
  group: (typeof GROUPS)[number];
  label: string;
  /** By which it is found as well. */
  words?: string;
  detail?: string;
  keys?: ShortcutKeys;
  icon: ReactNode;
  /** Only found, not offered to who has typed nothing. */
  quiet?: boolean;
  /** The page stays what it is, and the keyboard goes back to where it was. */
  stays?: boolean;
  carryOut: () => void;
}

/** What only the frame around the pages can do. */
export interface FrameActions {
  onHelp: () => void;
  onTour: () => void;
  onSidebar: () => void;
}

const RECENT_RUNS = 5;
const COLOURS = ['auto', 'light', 'dark'] as const;

/** Everything there is; of the runs the latest, and the one whose number is typed. */
export function useCommands(query: string, frame: FrameActions): Command[] {
  return [...useRuns(query), ...useTasks(), ...usePages(), ...useActions(frame)];
}

function usePages(): Command[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const page = (id: 'tasks' | 'runs' | 'connections' | 'configuration' | 'settings', path: string, keys: ShortcutKeys, icon: ReactNode): Command => ({
    id: `page-${id}`,
    group: 'pages',
    label: t(`app.places.${id}`),
    keys,
    icon,
    carryOut: () => void navigate(path),
  });
  return [
    page('tasks', paths.tasks(), 'g t', <TasksIcon />),
    page('runs', paths.runs(), 'g r', <RunsIcon />),
    page('connections', paths.connections(), 'g c', <ConnectionsIcon />),
    page('configuration', paths.configuration(), 'g f', <ConfigurationIcon />),
    page('settings', paths.settings(), 'g s', <SettingsIcon />),
  ];
}

function useTasks(): Command[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const overlay = useOverlay();
  const { data } = useQuery(queries.tasks());
  const shown = data?.tasks.filter((task) => !task.hidden) ?? [];
  return shown.flatMap((task): Command[] => {
    const words = [task.id, ...task.tags].join(' ');
    const run: Command = {
      id: `run-task-${task.id}`,
      group: 'tasks',
      label: t('palette.runTask', { task: task.name }),
      words,
      detail: task.id,
      icon: <PlayIcon />,
      carryOut: () => void navigate(paths.taskRun(task.id), { state: overlay }),
    };
    const open: Command = {
      id: `task-${task.id}`,
      group: 'tasks',
      label: task.name,
      words,
      icon: task.kind === 'notebook' ? <NotebookIcon /> : <ScriptIcon />,
      quiet: true,
      carryOut: () => void navigate(paths.task(task.id)),
    };
    const runs: Command = {
      id: `runs-of-${task.id}`,
      group: 'tasks',
      label: t('palette.runsOf', { task: task.name }),
      words,
      icon: <RunsIcon />,
      quiet: true,
      carryOut: () => void navigate(paths.runs({ task: task.id })),
    };
    return task.runnable ? [run, open, runs] : [open, runs];
  });
}

function useRuns(query: string): Command[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const recent = useInfiniteQuery(queries.runs({}));
  const number = Number(/^#?(\d{1,15})$/.exec(query.trim())?.[1] ?? 0);
  const numbered = useQuery({ ...queries.run(number), enabled: number > 0, retry: false });
  const runs = recent.data?.pages[0]?.runs ?? [];
  const known = numbered.data;
  const others = runs.filter((run) => run.id !== known?.id);
  const command = (run: Run, index: number): Command => ({
    id: `run-${run.id}`,
    group: 'runs',
    label: t('palette.run', { id: run.id, task: run.task_name }),
    words: run.task,
    detail: formatTime(new Date(run.created_at)),
    icon: <StatusIcon status={run.status} />,
    quiet: index >= RECENT_RUNS,
    carryOut: () => void navigate(paths.run(run.id)),
  });
  return (known ? [known, ...others] : others).map(command);
}

function useActions({ onHelp, onTour, onSidebar }: FrameActions): Command[] {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { density, language } = preferences.usePreferences();
  const action = (id: string, label: string, carryOut: () => void, more: Partial<Command> = {}): Command => ({
    id,
    group: 'actions',
    label,
    icon: <SettingsIcon />,
    stays: true,
    carryOut,
    ...more,
  });
  return [
    ...COLOURS.filter((colours) => colours !== colorScheme).map((colours) =>
      action(`colours-${colours}`, t(`palette.colours.${colours}`), () => setColorScheme(colours), {
        icon: <SystemIcon />,
        words: t('settings.look.label'),
      }),
    ),
    ...preferences.DENSITIES.filter((each) => each !== density).map((each) =>
      action(`density-${each}`, t(`palette.density.${each}`), () => preferences.set({ density: each })),
    ),
    ...(['system', ...LANGUAGES] as const)
      .filter((each) => each !== language)
      .map((each) =>
        action(`language-${each}`, t(`palette.language.${each}`), () => void preferences.chooseLanguage(each), {
          words: t('settings.language.label'),
          quiet: true,
        }),
      ),
    action('sidebar', t('palette.sidebar'), onSidebar, { icon: <SidebarIcon />, keys: '[' }),
    action('keyboard', t('palette.keyboard'), onHelp, { icon: <HelpIcon />, keys: '?' }),
    action('tour', t('palette.tour'), onTour, { icon: <HelpIcon /> }),
  ];
}
