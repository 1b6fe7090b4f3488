/**
 * The one socket to the server: runs being watched, changes of runs and of the configuration, and whether the
 * server is there at all. A notification is a hint; what a screen shows is read, or replayed, from the store.
 */

import type { QueryClient } from '@tanstack/react-query';
import { io, type Socket } from 'socket.io-client';
import type { EventFrame, RunEvent } from '@/api/events';
import type { components } from '@/api/generated';
import { applyRun, createRefresher } from '@/api/runCache';
import type { Run } from '@/api/types';
import * as watch from '@/api/watch';
import { t } from '@/texts';

export type LiveStatus =
  /** The first connection is being made. */
  | 'connecting'
  | 'connected'
  /** It was there, and is being tried again. */
  | 'reconnecting'
  /** The browser itself has no network. */
  | 'offline'
  /** The server wants a sign-in. */
  | 'refused';

type Acknowledgement = components['schemas']['WatchReply'];

interface ServerToClient {
  events: (frame: EventFrame, acknowledge?: () => void) => void;
  run: (run: Run) => void;
  config: (change: components['schemas']['ConfigFrame']) => void;
  catalog: (change: components['schemas']['CatalogFrame']) => void;
}

interface ClientToServer {
  watch: (request: { run_id: number; after: number; tail?: number }, acknowledge: (answer: Acknowledgement) => void) => void;
  unwatch: (request: { run_id: number }) => void;
}

export interface Delivery {
  /** The last event delivered so far. */
  lastSeq: number;
  /** The run is over and nothing more will come. */
  ended: boolean;
  /** So many events between these are lines of the log, and were not sent. */
  leftOut: number;
}

/** Of a run that is longer, only so many events of its end are replayed; of the rest, what is not in the log alone. */
const TAIL = 20_000;

interface Watcher {
  state: watch.WatchState;
  onEvents: (events: RunEvent[], delivery: Delivery) => void;
  onProblem: ((detail: string) => void) | undefined;
}

let socket: Socket<ServerToClient, ClientToServer> | null = null;
let status: LiveStatus = 'connecting';
const watchersByRun = new Map<number, Set<Watcher>>();
const statusListeners = new Set<() => void>();
const connectListeners = new Set<() => void>();
const runListeners = new Set<(run: Run) => void>();
const catalogListeners = new Set<() => void>();

export function currentStatus(): LiveStatus {
  return status;
}

export function onStatus(listener: () => void): () => void {
  statusListeners.add(listener);
  return () => statusListeners.delete(listener);
}

function setStatus(next: LiveStatus) {
  if (next === status) return;
  status = next;
  for (const listener of statusListeners) listener();
}

/**
 * Delivers every event of a run after `after`: once, in order, also those that happened before now and while the
 * connection was gone. Of a very long run that is watched from its beginning, lines of its log are left out.
 *
 * @param onProblem is told why the server refuses, e.g. that there is no such run
 * @returns stops watching
 */
export function watchRun(
  runId: number,
  after: number,
  onEvents: (events: RunEvent[], delivery: Delivery) => void,
  onProblem?: (detail: string) => void,
): () => void {
  const watcher: Watcher = { state: watch.begin(after), onEvents, onProblem };
  const watchers = watchersByRun.get(runId) ?? new Set();
  watchersByRun.set(runId, watchers.add(watcher));
  if (connection().connected) ask(runId, watcher);
  return () => {
    watchers.delete(watcher);
    if (watchers.size > 0) return;
    watchersByRun.delete(runId);
    if (socket?.connected) socket.emit('unwatch', { run_id: runId });
  };
}

/** After a sign-in in another tab, this one comes back by itself. */
function onFocus(): void {
  if (status === 'refused') reconnectNow();
}

/** Tries at once instead of at the end of the waiting time. */
export function reconnectNow(): void {
  if (!connection().connected) reconnect();
}

/** Also where it seems to be connected: what was so before the network went may be dead without knowing. */
function reconnect(): void {
  connection().disconnect().connect();
}

/** Keeps the query cache in step with the server for as long as it is not undone. */
export function connectCache(queryClient: QueryClient): () => void {
  const refresher = createRefresher(queryClient);
  const onRun = (run: Run) => {
    applyRun(queryClient, run);
    refresher.after(run);
  };
  const onCatalog = () => {
    for (const key of ['tasks', 'task', 'validation', 'connections', 'config', 'health']) {
      void queryClient.invalidateQueries({ queryKey: [key] });
    }
  };
  let before = false;
  const onConnect = () => {
    // What changed meanwhile was announced to nobody; and what could not be read may be readable now.
    if (before) void queryClient.invalidateQueries();
    else void queryClient.refetchQueries({ type: 'active', predicate: ({ state }) => state.status === 'error' });
    before = true;
  };
  const onStatusChange = () => {
    // Whether somebody is signed in, the server's health tells.
    if (status === 'refused') void queryClient.invalidateQueries({ queryKey: ['health'] });
  };
  const undoStatus = onStatus(onStatusChange);
  runListeners.add(onRun);
  catalogListeners.add(onCatalog);
  connectListeners.add(onConnect);
  connection();
  return () => {
    runListeners.delete(onRun);
    catalogListeners.delete(onCatalog);
    connectListeners.delete(onConnect);
    undoStatus();
    refresher.stop();
  };
}

function connection(): Socket<ServerToClient, ClientToServer> {
  if (socket) return socket;
  const opened: Socket<ServerToClient, ClientToServer> = io({
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    reconnectionDelay: 500,
    reconnectionDelayMax: 5000,
  });
  socket = opened;
  opened.on('connect', () => {
    setStatus('connected');
    for (const listener of connectListeners) listener();
    for (const [runId, watchers] of watchersByRun) {
      for (const watcher of watchers) {
        watcher.state = watch.reconnected(watcher.state);
        ask(runId, watcher);
      }
    }
  });
  opened.on('disconnect', (reason) => {
    setStatus(navigator.onLine ? 'reconnecting' : 'offline');
    // The library does not come back by itself when the server was the one to close, as it does on a restart.
    if (reason === 'io server disconnect') opened.connect();
  });
  opened.on('connect_error', () => {
    // `active` is false when the server answered and refused; otherwise it is being tried again.
    if (!opened.active) setStatus('refused');
    else if (!navigator.onLine) setStatus('offline');
    else setStatus('reconnecting');
  });
  opened.on('events', (frame, acknowledge) => {
    for (const watcher of watchersByRun.get(frame.run_id) ?? []) deliver(watcher, frame);
    // While much is being replayed, the server waits for this before it sends more.
    acknowledge?.();
  });
  opened.on('run', (run) => {
    for (const listener of runListeners) listener(run);
  });
  const onCatalog = () => {
    for (const listener of catalogListeners) listener();
  };
  // Another version may declare the very same tasks.
  opened.on('config', onCatalog);
  opened.on('catalog', onCatalog);
  window.addEventListener('online', reconnect);
  window.addEventListener('focus', onFocus);
  window.addEventListener('offline', () => setStatus('offline'));
  return opened;
}

function ask(runId: number, watcher: Watcher) {
  const after = watcher.state.lastSeq;
  const request = { run_id: runId, after, ...(after === 0 && { tail: TAIL }) };
  connection().emit('watch', request, (answer) => {
    if (!answer.ok) watcher.onProblem?.(answer.detail ?? t('components.error.refusesRun'));
  });
}

function deliver(watcher: Watcher, frame: EventFrame) {
  const decision = watch.receive(watcher.state, frame);
  watcher.state = decision.state;
  switch (decision.kind) {
    case 'deliver':
      watcher.onEvents(decision.events, {
        lastSeq: decision.state.lastSeq,
        ended: decision.state.ended,
        leftOut: decision.leftOut,
      });
      break;
    case 'ask_again':
      ask(frame.run_id, watcher);
      break;
    case 'ignore':
      break;
  }
}
