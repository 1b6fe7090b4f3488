/**
 * A persistent list that grows at its end: appending a batch copies one chunk, not the list.
 *
 * Indices are absolute and never change. Beyond `limit` the oldest chunks are forgotten; `first` is then
 * the index of the oldest row that is left.
 */

const CHUNK = 512;

export class Rows<T> {
  private constructor(
    private readonly chunks: readonly (readonly T[])[],
    /** The index of the oldest row that is still here: so many were forgotten. */
    readonly first: number,
    /** One more than the index of the newest row: so many there have been. */
    readonly end: number,
  ) {}

  static empty<T>(): Rows<T> {
    return new Rows<T>([], 0, 0);
  }

  /** @internal */
  static of<T>(chunks: readonly (readonly T[])[], first: number, end: number): Rows<T> {
    return new Rows<T>(chunks, first, end);
  }

  /** Rows that are still here. */
  get length(): number {
    return this.end - this.first;
  }

  /** `undefined` where a row was forgotten or isn't there yet. */
  get(index: number): T | undefined {
    if (index < this.first || index >= this.end) return undefined;
    const offset = index - this.first;
    return this.chunks[Math.floor(offset / CHUNK)]?.[offset % CHUNK];
  }

  last(): T | undefined {
    return this.get(this.end - 1);
  }

  /** Rows `from` to `to` (not included), as far as they are here. */
  slice(from: number, to: number): T[] {
    const result: T[] = [];
    for (let index = Math.max(from, this.first); index < Math.min(to, this.end); index++) {
      const row = this.get(index);
      if (row !== undefined) result.push(row);
    }
    return result;
  }

  toArray(): T[] {
    return this.chunks.flat();
  }

  draft(limit: number): RowsDraft<T> {
    return new RowsDraft<T>(this, this.chunks, limit);
  }
}

/** The mutable side of one batch: copies each chunk it touches once, and leaves the list it came from alone. */
export class RowsDraft<T> {
  private readonly chunks: T[][];
  private readonly owned = new Set<number>();
  private first: number;
  private end: number;
  private touched = false;

  constructor(
    private readonly base: Rows<T>,
    chunks: readonly (readonly T[])[],
    private readonly limit: number,
  ) {
    this.chunks = chunks.slice() as T[][];
    this.first = base.first;
    this.end = base.end;
  }

  get(index: number): T | undefined {
    if (index < this.first || index >= this.end) return undefined;
    const offset = index - this.first;
    return this.chunks[Math.floor(offset / CHUNK)]?.[offset % CHUNK];
  }

  /** Returns the index of the new row. */
  push(row: T): number {
    const index = this.end;
    const offset = index - this.first;
    if (offset % CHUNK === 0) {
      this.chunks.push([]);
      this.owned.add(Math.floor(index / CHUNK));
    }
    this.chunkToWrite(index).push(row);
    this.end += 1;
    // Whole chunks only, and by the length alone: the result doesn't depend on how events were batched.
    while (this.end - this.first >= this.limit + CHUNK) {
      this.chunks.shift();
      this.first += CHUNK;
    }
    return index;
  }

  /** Forgotten rows stay forgotten. */
  set(index: number, row: T): void {
    if (index < this.first || index >= this.end) return;
    this.chunkToWrite(index)[(index - this.first) % CHUNK] = row;
  }

  finish(): Rows<T> {
    return this.touched ? Rows.of(this.chunks, this.first, this.end) : this.base;
  }

  private chunkToWrite(index: number): T[] {
    this.touched = true;
    const position = Math.floor((index - this.first) / CHUNK);
    const number = Math.floor(index / CHUNK);
    const chunk = this.chunks[position] ?? [];
    if (this.owned.has(number)) return chunk;
    this.owned.add(number);
    return (this.chunks[position] = chunk.slice());
  }
}
