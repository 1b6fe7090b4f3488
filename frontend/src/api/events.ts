/** What happens in a run, as it arrives: the tagged union of all events. */

import type { components } from '@/api/generated';

type Schemas = components['schemas'];

export type NotebookCell = Schemas['NotebookCell'];

/** One output of a cell, as nbformat has it. */
export interface NotebookOutput {
  output_type: 'stream' | 'display_data' | 'execute_result' | 'error';
  name?: 'stdout' | 'stderr';
  text?: string | string[];
  data?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
  execution_count?: number | null;
  ename?: string;
  evalue?: string;
  traceback?: string[];
}

export type MessageEvent = Schemas['MessageEvent'];
export type ProgressEvent = Schemas['ProgressEvent'];
export type StreamEvent = Schemas['StreamEvent'];
export type NotebookEvent = Schemas['NotebookStartedEvent'];
export type CellStartedEvent = Schemas['CellStartedEvent'];
export type CellOutputEvent = Omit<Schemas['CellOutputEvent'], 'output'> & { output: NotebookOutput };
/** Replaces data and metadata of every output with this display id, in whichever cell. */
export type CellOutputUpdatedEvent = Omit<Schemas['CellOutputUpdatedEvent'], 'output'> & { output: NotebookOutput };
export type CellClearedEvent = Schemas['CellClearedEvent'];
export type CellFinishedEvent = Schemas['CellFinishedEvent'];
export type OutputEvent = Schemas['OutputPublishedEvent'];
export type FactsEvent = Schemas['FactsEvent'];
export type StatusEvent = Schemas['StatusEvent'];

/** A newer server may send types that are not in here: ignore them. */
export type RunEvent =
  | MessageEvent
  | ProgressEvent
  | StreamEvent
  | NotebookEvent
  | CellStartedEvent
  | CellOutputEvent
  | CellOutputUpdatedEvent
  | CellClearedEvent
  | CellFinishedEvent
  | OutputEvent
  | FactsEvent
  | StatusEvent;

/**
 * What the socket delivers: a stretch of a run's events, in order. With `left_out` it has gaps: so many events between
 * `after` and `last_seq` are lines of the log and nothing else.
 */
export type EventFrame = Omit<Schemas['EventsFrame'], 'events' | 'after' | 'left_out'> & {
  events: RunEvent[];
  after?: number;
  left_out?: number;
};
