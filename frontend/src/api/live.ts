/**
 * The one socket to the server: runs being watched, changes of runs and of the configuration, and whether the
 * server is there at all. A notification is a hint; what a screen shows is read, or replayed, from the store.
 */

import type { Query, QueryClient } from '@tanstack/react-query';
import type { Socket } from 'socket.io-client';
import type { EventFrame, RunEvent } from '@/api/events';
import type { components } from '@/api/generated';
import { applyRun, createRefresher } from '@/api/runCache';
import type { Run } from '@/api/types';
import * as watch from '@/api/watch';
import { whenIdle } from '@/lib/idle';
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

const OPTIONS = { transports: ['websocket', 'polling'], tryAllTransports: true, reconnectionDelay: 500, reconnectionDelayMax: 5000 };

/** The library of the socket could not be loaded: so long until the next try. */
const RETRY_MILLISECONDS = 5000;

/** The first page may take its time, but not the news with it. */
const PATIENCE_MILLISECONDS = 1000;

/** Of a run that is longer, only so many events of its end are replayed; of the rest, what is not in the log alone. */
const TAIL = 20_000;

interface Watcher {
  state: watch.WatchState;
  onEvents: (events: RunEvent[], delivery: Delivery) => void;
  onProblem: ((detail: string) => void) | undefined;
}

type LiveSocket = Socket<ServerToClient, ClientToServer>;

let socket: LiveSocket | null = null;
let opening: Promise<void> | null = null;
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
  void open();
  if (socket?.connected) ask(socket, runId, watcher);
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
  if (socket?.connected !== true) reconnect();
}

/** Also where it seems to be connected: what was so before the network went may be dead without knowing. */
function reconnect(): void {
  if (socket) socket.disconnect().connect();
  else void open();
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
    else void queryClient.refetchQueries({ type: 'active', predicate: isAnnouncedOrFailed });
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
  const stopWaiting = whenAnswered(queryClient, () => void open());
  return () => {
    stopWaiting();
    runListeners.delete(onRun);
    catalogListeners.delete(onCatalog);
    connectListeners.delete(onConnect);
    undoStatus();
    refresher.stop();
  };
}

/** The socket tells of these, and has told nobody while there was none; a run's own queries follow its events. */
const ANNOUNCED: readonly unknown[] = ['tasks', 'task', 'runs', 'digests'];

function isAnnouncedOrFailed({ queryKey, state }: Query): boolean {
  return state.status === 'error' || ANNOUNCED.includes(queryKey[0]) || (queryKey[0] === 'run' && queryKey.length === 2);
}

/** Once what the first page asked for has come, and has been drawn. */
function whenAnswered(queryClient: QueryClient, act: () => void): () => void {
  let callOff = () => clearTimeout(timer);
  const finish = () => {
    clearTimeout(timer);
    unsubscribe();
    callOff = whenIdle(act, PATIENCE_MILLISECONDS);
  };
  const timer = setTimeout(finish, PATIENCE_MILLISECONDS);
  const unsubscribe = queryClient.getQueryCache().subscribe(({ type }) => {
    if (type === 'updated' && queryClient.isFetching() === 0) finish();
  });
  return () => {
    unsubscribe();
    callOff();
  };
}

/**
 * Opens the connection, once. What a page shows first is read without it, so its library comes after that.
 *
 * @returns when there is a socket, connected or not
 */
export function open(): Promise<void> {
  if (opening) return opening;
  followBrowser();
  opening = import('socket.io-client')
    .then(({ io }) => connect(io(OPTIONS)))
    .catch(() => {
      // The server, or the network, went away since the page came.
      opening = null;
      setStatus(navigator.onLine ? 'reconnecting' : 'offline');
      setTimeout(() => void open(), RETRY_MILLISECONDS);
    });
  return opening;
}

let isFollowing = false;

function followBrowser() {
  if (isFollowing) return;
  isFollowing = true;
  window.addEventListener('online', reconnect);
  window.addEventListener('focus', onFocus);
  window.addEventListener('offline', () => setStatus('offline'));
}

function connect(opened: LiveSocket) {
  socket = opened;
  opened.on('connect', () => {
    setStatus('connected');
    for (const listener of connectListeners) listener();
    for (const [runId, watchers] of watchersByRun) {
      for (const watcher of watchers) {
        watcher.state = watch.reconnected(watcher.state);
        ask(opened, runId, watcher);
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
    for (const watcher of watchersByRun.get(frame.run_id) ?? []) deliver(opened, watcher, frame);
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
}

function ask(opened: LiveSocket, runId: number, watcher: Watcher) {
  const after = watcher.state.lastSeq;
  const request = { run_id: runId, after, ...(after === 0 && { tail: TAIL }) };
  opened.emit('watch', request, (answer) => {
    if (!answer.ok) watcher.onProblem?.(answer.detail ?? t('components.error.refusesRun'));
  });
}

function deliver(opened: LiveSocket, watcher: Watcher, frame: EventFrame) {
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
      ask(opened, frame.run_id, watcher);
      break;
    case 'ignore':
      break;
  }
}
