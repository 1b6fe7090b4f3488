/** What can be asked of the project's configuration and its versions, and how it is changed. */

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { request, requestTagged } from '@/api/client';
import type { ConfigFileDiff, ConfigResult, Configuration, ConfigVersionDetail, ConfigVersionPage } from '@/api/types';

const VERSIONS_PER_PAGE = 30;
const BUSY_MILLISECONDS = 2_000;

/** The socket tells when another version is in force, but not that somebody has begun to make one, nor that it failed. */
export const configuration = () =>
  queryOptions({
    queryKey: ['config'],
    queryFn: ({ signal }) => request<Configuration>('/api/config', { signal }),
    refetchInterval: ({ state }) => (state.data?.update_in_progress ? BUSY_MILLISECONDS : false),
  });

export const versions = () =>
  infiniteQueryOptions({
    queryKey: ['config', 'versions'],
    queryFn: ({ pageParam, signal }) =>
      request<ConfigVersionPage>(
        `/api/config/versions?limit=${VERSIONS_PER_PAGE}${pageParam === null ? '' : `&before=${pageParam}`}`,
        { signal },
      ),
    initialPageParam: null as number | null,
    getNextPageParam: (page: ConfigVersionPage) => page.next_before,
  });

export const version = (number: number) =>
  queryOptions({
    queryKey: ['config', 'version', number],
    queryFn: ({ signal }) => request<ConfigVersionDetail>(`/api/config/versions/${number}`, { signal }),
  });

/** One file as it was before a version and is in it; `null` where the server knows of no difference. */
export const fileDiff = (number: number, path: string) =>
  queryOptions({
    queryKey: ['config-file', number, path],
    queryFn: async ({ signal }) => {
      const address = `/api/config/versions/${number}/files?${new URLSearchParams({ path }).toString()}`;
      return (await request<{ files: ConfigFileDiff[] }>(address, { signal })).files[0] ?? null;
    },
    staleTime: Infinity,
  });

export type ConfigChange = { message: string } & (
  | { kind: 'update'; repository: string; ref: string; directory: string }
  | { kind: 'archive'; file: File; directory: string }
  | { kind: 'rollback'; version: number }
  | { kind: 'live' }
);

/** What a change would do to the version that `tag` names; the result names what it was made of. */
export interface ConfigPlanned {
  result: ConfigResult;
  tag: string | null;
}

export async function plan(change: ConfigChange, signal: AbortSignal): Promise<ConfigPlanned> {
  const { path, search, ...content } = requestOf(change);
  search.set('dry_run', 'true');
  const { answer, tag } = await requestTagged<ConfigResult>(`${path}?${search.toString()}`, { method: 'POST', ...content, signal });
  return { result: answer, tag };
}

/**
 * Makes a change that was planned, unless something else has been changed meanwhile, here or where it comes from.
 *
 * @param key repeats of one press of the button share it, so that a lost answer changes nothing twice
 */
export function apply(change: ConfigChange, { result, tag }: ConfigPlanned, key: string): Promise<ConfigResult> {
  const { path, search, ...content } = requestOf(change);
  if (result.version?.revision) search.set('expected_revision', result.version.revision);
  const headers = { 'Idempotency-Key': key, ...(tag !== null && { 'If-Match': tag }) };
  return request<ConfigResult>(`${path}?${search.toString()}`, { method: 'POST', ...content, headers });
}

interface ChangeRequest {
  path: string;
  search: URLSearchParams;
  body?: unknown;
  file?: Blob;
}

function requestOf(change: ConfigChange): ChangeRequest {
  const search = new URLSearchParams();
  switch (change.kind) {
    case 'update': {
      const { repository, ref, directory, message } = change;
      return { path: '/api/config/update', search, body: { repository, ref, directory, message } };
    }
    case 'archive': {
      const { file, directory, message } = change;
      for (const [name, value] of Object.entries({ file: file.name, directory, message })) if (value) search.set(name, value);
      return { path: '/api/config/archive', search, file };
    }
    case 'rollback':
      return { path: '/api/config/rollback', search, body: { version: change.version, message: change.message } };
    case 'live':
      return { path: '/api/config/live', search, body: { message: change.message } };
  }
}
