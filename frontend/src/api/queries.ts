/** What can be asked of the server: one set of query options for each question. */

import { infiniteQueryOptions, keepPreviousData, queryOptions, replaceEqualDeep } from '@tanstack/react-query';
import { request, requestBeginning, requestText } from '@/api/client';
import { isNewer } from '@/api/runCache';
import { started } from '@/api/startedRuns';
import type {
  Attempt,
  Connection,
  Estimate,
  Health,
  LogPage,
  Run,
  RunOutput,
  RunPage,
  RunStatus,
  Task,
  TaskList,
  TestResult,
  Validation,
} from '@/api/types';

export interface RunFilters {
  task?: string | undefined;
  status?: RunStatus | undefined;
}

export const RUNS_PER_PAGE = 50;

function search(values: Record<string, string | number | null | undefined>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== null && value !== '') given.set(name, String(value));
  }
  const text = given.toString();
  return text ? `?${text}` : '';
}

export const health = () =>
  queryOptions({
    queryKey: ['health'],
    queryFn: ({ signal }) => request<Health>('/api/health', { signal }),
    refetchInterval: 30_000,
    // Somebody may have signed in, or out, in another tab.
    refetchOnWindowFocus: 'always' as const,
  });

export const tasks = () =>
  queryOptions({ queryKey: ['tasks'], queryFn: ({ signal }) => request<TaskList>('/api/tasks', { signal }) });

export const task = (id: string) =>
  queryOptions({
    queryKey: ['task', id],
    queryFn: ({ signal }) => request<Task>(`/api/tasks/${encodeURIComponent(id)}`, { signal }),
  });

/** What a run with these values, as the JSON of an object, would meet. Nothing waits for it: it is not asked twice. */
export const validation = (taskId: string, parameters: string) =>
  queryOptions({
    queryKey: ['validation', taskId, parameters],
    queryFn: ({ signal }) =>
      request<Validation>(`/api/tasks/${encodeURIComponent(taskId)}/validate`, {
        method: 'POST',
        body: { parameters: JSON.parse(parameters) as unknown },
        signal,
      }),
    retry: false,
    placeholderData: keepPreviousData,
    // Values may be secret.
    gcTime: 30_000,
  });

/** The last runs of a task, with their values. */
export const lastRuns = (taskId: string, limit: number) =>
  queryOptions({
    queryKey: ['lastRuns', taskId, limit],
    queryFn: async ({ signal }) => (await request<RunPage>(`/api/runs${search({ task: taskId, limit })}`, { signal })).runs,
    staleTime: 0,
  });

export const run = (id: number) =>
  queryOptions({
    queryKey: ['run', id],
    queryFn: ({ signal }) => request<Run>(`/api/runs/${id}`, { signal }),
    // An answer that was under way while the socket told something newer must not undo it.
    structuralSharing: (known, answer) =>
      known && isNewer(known as Run, answer as Run) ? known : replaceEqualDeep(known, answer),
  });

/** Read again when an attempt begins or ends. */
export const runAttempts = ({ id, attempt, status }: Run) =>
  queryOptions({
    queryKey: ['run', id, 'attempts', attempt, status],
    queryFn: async ({ signal }) => (await request<{ attempts: Attempt[] }>(`/api/runs/${id}`, { signal })).attempts,
    placeholderData: keepPreviousData,
  });

/** Asked for anew when the run has told its cells: they are what it rests on. */
export const runEstimate = (id: number, cellCount: number) =>
  queryOptions({
    queryKey: ['run', id, 'estimate', cellCount],
    queryFn: ({ signal }) => request<Estimate>(`/api/runs/${id}/estimate`, { signal }),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });

export const runs = (filters: RunFilters) =>
  infiniteQueryOptions({
    queryKey: ['runs', { task: filters.task ?? null, status: filters.status ?? null }],
    queryFn: ({ pageParam, signal }) =>
      request<RunPage>(
        `/api/runs${search({ task: filters.task, status: filters.status, before: pageParam, limit: RUNS_PER_PAGE })}`,
        { signal },
      ),
    initialPageParam: null as number | null,
    getNextPageParam: (page: RunPage) => page.next_before,
    placeholderData: keepPreviousData,
  });

export const runOutputs = (id: number) =>
  queryOptions({
    queryKey: ['run', id, 'outputs'],
    queryFn: ({ signal }) => request<{ outputs: RunOutput[] }>(`/api/runs/${id}/outputs`, { signal }),
  });

/** The beginning of a published file, at most `bytes` of it. */
export const outputBeginning = (id: number, { name, file, size }: RunOutput, bytes: number) =>
  queryOptions({
    queryKey: ['run', id, 'outputs', name, file, size, bytes],
    queryFn: ({ signal }) => requestBeginning(`/api/runs/${id}/outputs/${encodeURIComponent(name)}`, bytes, { signal }),
  });

export const runSource = (id: number) =>
  queryOptions({
    queryKey: ['run', id, 'source'],
    queryFn: ({ signal }) => requestText(`/api/runs/${id}/source`, { signal }),
    staleTime: Infinity,
  });

interface LogRange {
  before?: number;
  after?: number;
  limit: number;
  level?: string;
  source?: string;
}

/** Lines of a run's log; from its end, unless the range says otherwise. */
export const logLines = (id: number, range: LogRange, signal: AbortSignal) =>
  request<LogPage>(`/api/runs/${id}/log/lines${search({ ...range })}`, { signal });

/** Lines that hold a text, as far as the server came in a fraction of a second. */
export const searchLog = (id: number, range: LogRange & { q: string }, signal: AbortSignal) =>
  request<LogPage>(`/api/runs/${id}/log/search${search({ ...range })}`, { signal });

export const connections = () =>
  queryOptions({
    queryKey: ['connections'],
    queryFn: ({ signal }) => request<{ connections: Connection[] }>('/api/connections', { signal }),
  });

export interface NewRun {
  task: string;
  parameters: Readonly<Record<string, unknown>>;
  rerun_of: number | null;
}

/** @param key repeats of one press of Run share it, so that a lost answer never starts a second run */
export const startRun = async (body: NewRun, key: string) =>
  started(await request<Run>('/api/runs', { method: 'POST', body, headers: { 'Idempotency-Key': key } }));

export const cancelRun = (id: number) => request<Run>(`/api/runs/${id}/cancel`, { method: 'POST' });

export const saveConnection = (id: string, values: Record<string, unknown>) =>
  request<Connection>(`/api/connections/${encodeURIComponent(id)}/values`, { method: 'PUT', body: { values } });

export const testConnection = (id: string, values: Record<string, unknown> | null) =>
  request<TestResult>(`/api/connections/${encodeURIComponent(id)}/test`, {
    method: 'POST',
    body: values === null ? {} : { values },
  });
