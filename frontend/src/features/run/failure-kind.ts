/** What kind of trouble ended a run: decides what an analyst is told to do. Pure. */

import type { RunStatus } from '@/api/types';

export const KINDS = [
  'timed_out',
  'lost',
  'memory',
  'disk',
  'connection',
  'sign_in',
  'missing_data',
  'missing_file',
  'missing_module',
  'permission',
  'died',
  'never_began',
  'error',
] as const;

export type FailureKind = (typeof KINDS)[number];

/** What is known of the error: the status of its run, what ended it in words, and the error's name and value. */
export interface Symptoms {
  readonly status: RunStatus;
  readonly reason: string;
  readonly name: string;
  readonly value: string;
}

/** In this order: an error of a database driver wraps what really happened. */
const SIGNS: [FailureKind, RegExp][] = [
  ['memory', /\bout of memory\b|MemoryError|cannot allocate memory|unable to allocate/i],
  ['disk', /no space left on device|disk quota exceeded|database or disk is full/i],
  ['sign_in', /password authentication failed|login failed|access denied for user|authentication failed|invalid (?:user ?name|credentials)|\b401\b.*unauthori[sz]ed/i],
  ['missing_data', /no such table|undefinedtable|relation .* does not exist|table .* (?:doesn't|does not) exist|invalid object name/i],
  [
    'connection',
    /connection ?(?:refused|reset|timed out|aborted|error)|could not connect|can(?:no|')t connect|unable to connect|connect(?:ion)? ?time-?out|name or service not known|getaddrinfo failed|temporary failure in name resolution|network is unreachable|no route to host|max retries exceeded|server closed the connection|lost connection|ConnectionRefusedError|ConnectionResetError|\bgaierror\b/i,
  ],
  ['missing_file', /FileNotFoundError|no such file or directory|cannot find the (?:file|path)/i],
  ['missing_module', /ModuleNotFoundError|no module named|cannot import name/i],
  ['permission', /PermissionError|permission denied|access is denied/i],
  ['died', /kernel died|^killed by\b/i],
  ['never_began', /could not be started|cannot be started|more than this machine has|Taskdeck failed to run|not installed/i],
];

export function kindOf({ status, reason, name, value }: Symptoms): FailureKind {
  if (status === 'timed_out' || status === 'lost') return status;
  const text = [reason, name, value].join('\n');
  return SIGNS.find(([, sign]) => sign.test(text))?.[0] ?? 'error';
}
