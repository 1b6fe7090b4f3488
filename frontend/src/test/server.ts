/** A server for tests: answers of the HTTP interface by method and path. Only the network is fake. */

import { vi } from 'vitest';

export interface Request {
  method: string;
  path: string;
  search: URLSearchParams;
  /** What was sent: JSON read, a file as it is. */
  body: unknown;
  headers: Headers;
}

export interface Answer {
  status?: number;
  body: unknown;
  headers?: Record<string, string>;
}

/** An answer, or how to make one; a promise that never settles is a server that takes its time. */
export type Route = Answer | ((request: Request) => Answer | Promise<Answer>);

export const ok = (body: unknown): Answer => ({ body });
export const problem = (status: number, title: string, detail: string, errors?: Record<string, string>): Answer => ({
  status,
  body: { type: 'about:blank', status, title, detail, ...(errors ? { errors } : {}) },
});
export const never = (): Promise<Answer> => new Promise(() => undefined);

export interface FakeServer {
  requests: Request[];
  /** Replaces or adds answers: `'GET /api/tasks'`. */
  set: (routes: Record<string, Route>) => void;
  sent: (methodAndPath: string) => Request[];
}

export function serve(initial: Record<string, Route>): FakeServer {
  const routes: Record<string, Route> = { ...initial };
  const requests: Request[] = [];
  vi.stubGlobal('fetch', async (input: string, init: RequestInit = {}) => {
    const url = new URL(input, 'http://localhost');
    const request: Request = {
      method: init.method ?? 'GET',
      path: url.pathname,
      search: url.searchParams,
      body: typeof init.body === 'string' ? JSON.parse(init.body) : (init.body ?? undefined),
      headers: new Headers(init.headers),
    };
    requests.push(request);
    const route = routes[`${request.method} ${request.path}`];
    if (!route) return json({ status: 404, body: { title: 'Not Found', status: 404, detail: `No ${request.path}` } });
    return json(typeof route === 'function' ? await route(request) : route);
  });
  return {
    requests,
    set: (more) => {
      Object.assign(routes, more);
    },
    sent: (methodAndPath) => requests.filter((request) => `${request.method} ${request.path}` === methodAndPath),
  };
}

function json({ status = 200, body, headers }: Answer): Response {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  return new Response(text, { status, headers: { 'Content-Type': type, ...headers } });
}
