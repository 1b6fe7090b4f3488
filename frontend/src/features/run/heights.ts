/**
 * How tall the rows of a long list are: as tall as expected until they have been drawn. Only those that turned out
 * otherwise are remembered.
 */

const CHUNK = 512;

interface Chunk {
  sum: number;
  readonly deviations: Map<number, number>;
}

export class Heights {
  private readonly chunks = new Map<number, Chunk>();

  constructor(private readonly expected: number) {}

  /** Returns by how much taller the row is than it was taken to be. */
  measured(index: number, height: number): number {
    const number = Math.floor(index / CHUNK);
    const chunk = this.chunks.get(number) ?? { sum: 0, deviations: new Map<number, number>() };
    const change = height - this.expected - (chunk.deviations.get(index) ?? 0);
    if (change === 0) return 0;
    chunk.deviations.set(index, height - this.expected);
    chunk.sum += change;
    this.chunks.set(number, chunk);
    return change;
  }

  /** From the top of row `first` to the top of row `index`. */
  between(first: number, index: number): number {
    return (index - first) * this.expected + this.deviation(index) - this.deviation(first);
  }

  /** The row, from `first` up to `end`, that is so far below the top of row `first`. */
  at(first: number, end: number, offset: number): number {
    let low = first;
    let high = Math.max(first, end - 1);
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.between(first, middle) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The list has another width: everything may be of another height. */
  forget(): void {
    this.chunks.clear();
  }

  /** Nobody asks for rows before this one any more. */
  forgetBefore(index: number): void {
    for (const number of this.chunks.keys()) if ((number + 1) * CHUNK <= index) this.chunks.delete(number);
  }

  /** Of all rows before this one. */
  private deviation(index: number): number {
    const own = Math.floor(index / CHUNK);
    let sum = 0;
    for (const [number, chunk] of this.chunks) if (number < own) sum += chunk.sum;
    for (const [other, deviation] of this.chunks.get(own)?.deviations ?? []) if (other < index) sum += deviation;
    return sum;
  }
}
