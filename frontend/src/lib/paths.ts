/** Addresses of the dashboard and of downloads. */

import type { ParameterValue } from '@/api/types';

const encode = encodeURIComponent;

export const tasks = () => '/tasks';

export const task = (id: string, tab = '') => `/tasks/${encode(id)}${tab && `/${tab}`}`;
export const tasksWithTag = (tag: string) => `/tasks?tag=${encode(tag)}`;

/**
 * The run drawer of a task, filled in with `values` or with those of the run `from`. A link to it takes `useOverlay()`
 * as its state, and so opens over the page that it is on.
 */
export function taskRun(id: string, { values, from }: { values?: Record<string, ParameterValue>; from?: number } = {}) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values ?? {})) {
    if (value !== null) search.set(name, String(value));
  }
  if (from !== undefined) search.set('from', String(from));
  const text = search.toString();
  return `${task(id)}/run${text ? `?${text}` : ''}`;
}

export function runs({ task: taskId, status }: { task?: string; status?: string } = {}) {
  const search = new URLSearchParams();
  if (taskId) search.set('task', taskId);
  if (status) search.set('status', status);
  const text = search.toString();
  return `/runs${text ? `?${text}` : ''}`;
}

export const run = (id: number) => `/runs/${id}`;

/** Two runs side by side; `b` alone is compared with the successful run of its task before it. */
export const compare = ({ a, b }: { a?: number; b: number }) => `/runs/compare?${a === undefined ? '' : `a=${a}&`}b=${b}`;

export const connections = () => '/connections';
export const connection = (id: string) => `/connections/${encode(id)}`;
export const configuration = () => '/configuration';
export const configurationUpdate = () => '/configuration/update';
export const configurationUpload = () => '/configuration/upload';
export const configurationLive = () => '/configuration/live';
export const configurationVersion = (number: number) => `/configuration/${number}`;
export const configurationRollback = (number: number) => `/configuration/${number}/rollback`;
export const settings = () => '/settings';

/** The server's own page; it leads back to where one is now. */
export function login({ pathname, search, hash }: Pick<Location, 'pathname' | 'search' | 'hash'> = window.location): string {
  return `/login?${new URLSearchParams({ next: pathname + search + hash }).toString()}`;
}

export const runLog = (id: number) => `/api/runs/${id}/log`;
export const runNotebook = (id: number) => `/api/runs/${id}/notebook`;
/** As a page that stands on its own; a report is without the code. */
export const runHtml = (id: number, { report = false } = {}) => `/api/runs/${id}/html${report ? '?code=hidden' : ''}`;
export const runPdf = (id: number, { report = false } = {}) => `/api/runs/${id}/pdf${report ? '?code=hidden' : ''}`;
export const runReproduction = (id: number) => `/api/runs/${id}/reproduce`;
export const runOutput = (id: number, name: string) => `/api/runs/${id}/outputs/${encode(name)}`;
