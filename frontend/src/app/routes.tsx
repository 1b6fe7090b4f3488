import { lazy, Suspense } from 'react';
import { matchRoutes, Navigate, useLocation, useRoutes, type Location, type RouteObject } from 'react-router';
import { fetched } from '@/app/fetched';
import { NotFound } from '@/app/NotFound';
import { PageBoundary } from '@/app/PageBoundary';
import { PageSkeleton } from '@/app/PageSkeleton';
import { RouteError } from '@/app/RouteError';
import { Shell } from '@/app/Shell';
import TasksPage from '@/features/tasks/TasksPage';
import { beneath, Covered } from '@/lib/overlay';

type Page = () => React.ReactNode;

/** A page that is loaded when it is first opened. */
function page(load: () => Promise<{ default: Page }>): Pick<RouteObject, 'element'> {
  const Loaded = lazy(() => fetched(load));
  return {
    element: (
      <PageBoundary>
        <Suspense fallback={<PageSkeleton />}>
          <Loaded />
        </Suspense>
      </PageBoundary>
    ),
  };
}

/** The same for a drawer: the page behind it is there while its code comes. */
function drawer(load: () => Promise<{ default: Page }>): Pick<RouteObject, 'element'> {
  const Loaded = lazy(() => fetched(load));
  return {
    element: (
      <Suspense>
        <Loaded />
      </Suspense>
    ),
  };
}

const pages: RouteObject[] = [
  {
    path: '/',
    Component: Shell,
    children: [
      { index: true, element: <Navigate to="/tasks" replace /> },
      {
        path: 'tasks',
        // Where most begin: it comes with the frame around it, and what it is made of is wanted on every page.
        element: (
          <PageBoundary>
            <TasksPage />
          </PageBoundary>
        ),
      },
      { path: 'tasks/:taskId/:tab?', ...page(() => import('@/features/tasks/TaskPage')) },
      { path: 'runs', ...page(() => import('@/features/runs/RunsPage')) },
      { path: 'runs/compare', ...page(() => import('@/features/compare/ComparePage')) },
      { path: 'runs/:runId', ...page(() => import('@/features/run/RunPage')) },
      {
        path: 'connections',
        ...page(() => import('@/features/connections/ConnectionsPage')),
        children: [{ path: ':connectionId', ...drawer(() => import('@/features/connections/ConnectionDrawer')) }],
      },
      {
        path: 'configuration',
        ...page(() => import('@/features/configuration/ConfigurationPage')),
        children: [
          { path: 'update', ...drawer(() => import('@/features/configuration/UpdateDrawer')) },
          { path: 'upload', ...drawer(() => import('@/features/configuration/UploadDrawer')) },
          { path: 'live', ...drawer(() => import('@/features/configuration/LiveDrawer')) },
          { path: ':number', ...drawer(() => import('@/features/configuration/VersionDrawer')) },
          { path: ':number/rollback', ...drawer(() => import('@/features/configuration/RollbackDrawer')) },
        ],
      },
      { path: 'settings', ...page(() => import('@/features/settings/SettingsPage')) },
      { path: '*', Component: NotFound },
    ],
  },
];

/** What lies over a page, whichever it was opened from: links to it take `useOverlay()` as their state. */
const overlays: RouteObject[] = [
  { path: 'tasks/:taskId/run', ...drawer(() => import('@/features/run-drawer/RunDrawer')) },
];

function Screen() {
  const location = useLocation();
  const isCovered = matchRoutes(overlays, location) !== null;
  return (
    <>
      <Covered value={isCovered}>{useRoutes(pages, isCovered ? beneath(location) : location)}</Covered>
      {isCovered && <Overlay location={location} />}
    </>
  );
}

function Overlay({ location }: { location: Location }) {
  return useRoutes(overlays, location);
}

export const routes: RouteObject[] = [{ path: '*', Component: Screen, ErrorBoundary: RouteError }];
