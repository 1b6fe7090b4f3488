/** Requests to the server. Every failure is an `ApiError` or a `ConnectionLost`, both with words for a person. */

import type { Problem, ProblemDocument } from '@/api/types';
import { t } from '@/texts';

/** A proxy's answer, for a server behind it that gives none: it may be over soon. */
export function isAway(status: number): boolean {
  return [502, 503, 504].includes(status);
}

/** The server answered, and the answer was no. */
export class ApiError extends Error {
  readonly status: number;
  readonly title: string;
  readonly errors: Record<string, string>;
  /** Of a change of the configuration: why it was not made, as a code. */
  readonly kind: string | null;
  /** Of a change of the configuration: what is wrong with it. */
  readonly problems: Problem[];

  constructor(status: number, problem: Partial<ProblemDocument>) {
    const title = isAway(status) ? t('components.error.away', { status }) : problem.title;
    super(problem.detail ?? title ?? t('components.error.answered', { status }));
    this.name = 'ApiError';
    this.status = status;
    this.title = problem.title ?? t('components.error.status', { status });
    this.errors = problem.errors ?? {};
    this.kind = problem.kind ?? null;
    this.problems = problem.problems ?? [];
  }
}

/** No answer came: the server is not running, or the network is down. */
export class ConnectionLost extends Error {
  constructor() {
    super(t('components.error.connectionLost'));
    this.name = 'ConnectionLost';
  }
}

interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  /** Sent as it is, instead of a body. */
  file?: Blob;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

async function send(path: string, { method = 'GET', body, file, headers, signal }: RequestOptions): Promise<Response> {
  const content = file ?? (body === undefined ? undefined : JSON.stringify(body));
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        Accept: 'application/json, application/problem+json',
        ...(content === undefined ? {} : { 'Content-Type': file ? 'application/octet-stream' : 'application/json' }),
        ...headers,
      },
      ...(content === undefined ? {} : { body: content }),
      ...(signal ? { signal } : {}),
      credentials: 'same-origin',
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ConnectionLost();
  }
  if (!response.ok) throw new ApiError(response.status, await problemOf(response));
  return response;
}

async function problemOf(response: Response): Promise<Partial<ProblemDocument>> {
  try {
    return (await response.json()) as Partial<ProblemDocument>;
  } catch {
    // A proxy's page or nothing at all: the status line has to do.
    return { title: response.statusText || t('components.error.status', { status: response.status }) };
  }
}

export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(path, options);
  return (await response.json()) as T;
}

/** With the tag that says of which version the answer is. */
export async function requestTagged<T>(path: string, options: RequestOptions = {}): Promise<Tagged<T>> {
  const response = await send(path, options);
  return { answer: (await response.json()) as T, tag: response.headers.get('ETag') };
}

export interface Tagged<T> {
  answer: T;
  tag: string | null;
}

export async function requestText(path: string, options: RequestOptions = {}): Promise<string> {
  const response = await send(path, options);
  return response.text();
}

/** The beginning of a text, and whether that is all of it; no more is read than that. */
export async function requestBeginning(
  path: string,
  maxBytes: number,
  options: RequestOptions = {},
): Promise<{ text: string; isWhole: boolean }> {
  const reader = (await send(path, options)).body?.getReader();
  if (!reader) return { text: '', isWhole: true };
  const decoder = new TextDecoder();
  let text = '';
  for (let read = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), isWhole: true };
    read += value.length;
    text += decoder.decode(value, { stream: true });
    if (read > maxBytes) {
      await reader.cancel();
      return { text, isWhole: false };
    }
  }
}

/** A fresh key for `Idempotency-Key`; `crypto.randomUUID` is missing on plain http to another machine. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
