/** What a cell has shown, in the form that is drawn; made of outputs as nbformat has them. */

import type { NotebookOutput } from '@/api/events';
import { EMPTY_TERMINAL, feed, type Terminal } from './terminal';

/** Characters of one stream output that are kept; the log has the rest. */
export const MAX_STREAM = 500_000;
const STREAM_BLOCK = 8_192;

export interface StreamOutput {
  readonly kind: 'stream';
  readonly key: number;
  readonly name: 'stdout' | 'stderr';
  /** Closed lines in blocks of a few kilobytes, each of which is drawn once. */
  readonly blocks: readonly string[];
  /** Number of the first block that is kept. */
  readonly firstBlock: number;
  /** Closed lines since the last block. */
  readonly tail: string;
  readonly open: Terminal;
  /** Characters of the beginning that are not kept. */
  readonly forgotten: number;
}

export interface DataOutput {
  readonly kind: 'data';
  readonly key: number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly executionCount: number | null;
  readonly displayId: string | null;
}

export interface ErrorOutput {
  readonly kind: 'error';
  readonly key: number;
  readonly name: string;
  readonly value: string;
  readonly traceback: string;
}

export type Output = StreamOutput | DataOutput | ErrorOutput;

const EMPTY_STREAM = { blocks: [], firstBlock: 0, tail: '', open: EMPTY_TERMINAL, forgotten: 0 };

/** A stream that begins with `text`. */
export function begun(key: number, name: StreamOutput['name'], text: string): StreamOutput {
  return continued({ kind: 'stream', key, name, ...EMPTY_STREAM }, text);
}

/** The stream with more text. */
export function continued(stream: StreamOutput, text: string): StreamOutput {
  const { closed, open } = feed(stream.open, text);
  if (closed.length === 0) return { ...stream, open };
  let { blocks, firstBlock, tail, forgotten } = stream;
  for (const line of closed) {
    tail += `${line}\n`;
    if (tail.length < STREAM_BLOCK) continue;
    blocks = [...blocks, tail];
    tail = '';
    while (blocks.length * STREAM_BLOCK > MAX_STREAM) {
      forgotten += blocks[0]?.length ?? 0;
      blocks = blocks.slice(1);
      firstBlock += 1;
    }
  }
  return { ...stream, blocks, firstBlock, tail, open, forgotten };
}

/** All of a stream that is kept. */
export function streamText(stream: StreamOutput): string {
  return stream.blocks.join('') + stream.tail + stream.open.text;
}

/** nbformat may store text as a list of lines. */
export function joined(text: string | string[] | undefined): string {
  return Array.isArray(text) ? text.join('') : (text ?? '');
}

function withoutLists(data: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).map(([mime, value]) => [
      mime,
      Array.isArray(value) && !mime.endsWith('json') && value.every((line) => typeof line === 'string')
        ? value.join('')
        : value,
    ]),
  );
}

export function dataOf(key: number, output: NotebookOutput, displayId: string | null): DataOutput {
  return {
    kind: 'data',
    key,
    data: withoutLists(output.data ?? {}),
    metadata: output.metadata ?? {},
    executionCount: output.execution_count ?? null,
    displayId,
  };
}

export function errorOf(key: number, output: NotebookOutput): ErrorOutput {
  return {
    kind: 'error',
    key,
    name: output.ename ?? '',
    value: output.evalue ?? '',
    traceback: (output.traceback ?? []).join('\n'),
  };
}

/** The outputs of a cell of a stored notebook; streams that follow each other are one, as in a live run. */
export function stored(outputs: readonly NotebookOutput[]): Output[] {
  const result: Output[] = [];
  outputs.forEach((output, key) => {
    switch (output.output_type) {
      case 'stream': {
        const name = output.name ?? 'stdout';
        const last = result.at(-1);
        if (last?.kind === 'stream' && last.name === name) result[result.length - 1] = continued(last, joined(output.text));
        else result.push(begun(key, name, joined(output.text)));
        break;
      }
      case 'error':
        result.push(errorOf(key, output));
        break;
      case 'display_data':
      case 'execute_result':
        result.push(dataOf(key, output, null));
        break;
    }
  });
  return result;
}
