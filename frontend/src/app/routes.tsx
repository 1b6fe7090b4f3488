import type { RouteObject } from 'react-router';
import { Navigate } from 'react-router';
import { NotFound } from '@/app/NotFound';
import { PageSkeleton } from '@/app/PageSkeleton';
import { RouteError } from '@/app/RouteError';
import { Shell } from '@/app/Shell';

type Page = () => React.ReactNode;

/** A page that is loaded when it is first opened. */
function page(load: () => Promise<{ default: Page }>): Pick<RouteObject, 'lazy' | 'ErrorBoundary'> {
  return { lazy: async () => ({ Component: (await load()).default }), ErrorBoundary: RouteError };
}

export const routes: RouteObject[] = [
  {
    path: '/',
    Component: Shell,
    ErrorBoundary: RouteError,
    HydrateFallback: PageSkeleton,
    children: [
      { index: true, element: <Navigate to="/tasks" replace /> },
      {
        path: 'tasks',
        ...page(() => import('@/features/tasks/TasksPage')),
        children: [{ path: ':taskId', ...page(() => import('@/features/run-drawer/RunDrawer')) }],
      },
      { path: 'runs', ...page(() => import('@/features/runs/RunsPage')) },
      { path: 'runs/:runId', ...page(() => import('@/features/run/RunPage')) },
      {
        path: 'connections',
        ...page(() => import('@/features/connections/ConnectionsPage')),
        children: [{ path: ':connectionId', ...page(() => import('@/features/connections/ConnectionDrawer')) }],
      },
      { path: 'settings', ...page(() => import('@/features/settings/SettingsPage')) },
      { path: '*', Component: NotFound },
    ],
  },
];
