import type { Texts } from '@/texts/shape';
import type { english } from '@/texts/english';
import { app } from './app';
import { compare } from './compare';
import { components } from './components';
import { configuration } from './configuration';
import { connections } from './connections';
import { lib } from './lib';
import { notices } from './notices';
import { palette } from './palette';
import { run } from './run';
import { runDrawer } from './runDrawer';
import { runs } from './runs';
import { settings } from './settings';
import { statuses } from './statuses';
import { tasks } from './tasks';

export const french: Texts<typeof english> = {
  app,
  compare,
  components,
  configuration,
  connections,
  lib,
  notices,
  palette,
  run,
  runDrawer,
  runs,
  settings,
  statuses,
  tasks,
};
