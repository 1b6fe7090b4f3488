/**
 * JSON as a person types it: one object, with where each member stands, numbers as they were written, and a mistake at
 * its line and column. The browser's own parser tells none of these in the same way everywhere. Pure.
 */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export interface Member {
  readonly name: string;
  readonly value: Json;
  /** The value as it was written: a number of many digits would lose some. */
  readonly source: string;
  /** Where the name begins. */
  readonly offset: number;
}

/** What is wrong: a text `runDrawer.json.mistakes` for each. */
export type MistakeKind =
  | 'object'
  | 'name'
  | 'colon'
  | 'value'
  | 'separator'
  | 'trailingComma'
  | 'unclosedText'
  | 'escape'
  | 'singleQuotes'
  | 'twice'
  | 'after'
  | 'deep';

export interface Mistake {
  readonly kind: MistakeKind;
  readonly offset: number;
  /** Both from 1; columns count what a text field counts: UTF-16 units. */
  readonly line: number;
  readonly column: number;
}

export type Parsed = { readonly members: readonly Member[] } | { readonly mistake: Mistake };

const MAX_DEPTH = 50;

const SPACE = /[ \t\n\r]*/y;
const STRING = /"[^"\\\n\r]*(?:\\[^\n\r][^"\\\n\r]*)*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y;
const WORD = /(?:true|false|null)(?!\w)/y;

/** Reads one object. The first mistake ends it. */
export function parse(text: string): Parsed {
  const reader = new Reader(text);
  try {
    return { members: reader.document() };
  } catch (error) {
    if (error instanceof Found) return { mistake: { kind: error.kind, offset: error.offset, ...position(text, error.offset) } };
    throw error;
  }
}

export function position(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** Only within this module: what ends the reading. */
class Found extends Error {
  constructor(
    readonly kind: MistakeKind,
    readonly offset: number,
  ) {
    super(kind);
  }
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  document(): Member[] {
    this.space();
    if (this.next() !== '{') throw new Found('object', this.at);
    const members = this.object(0);
    this.space();
    if (this.at < this.text.length) throw new Found('after', this.at);
    return members;
  }

  private object(depth: number): Member[] {
    const members: Member[] = [];
    const names = new Set<string>();
    this.at += 1;
    this.space();
    if (this.take('}')) return members;
    for (;;) {
      const offset = this.at;
      const name = this.string('name');
      if (names.has(name)) throw new Found('twice', offset);
      names.add(name);
      this.space();
      if (!this.take(':')) throw new Found('colon', this.at);
      this.space();
      const begin = this.at;
      const value = this.value(depth + 1);
      members.push({ name, value, source: this.text.slice(begin, this.at), offset });
      if (!this.goesOn('}')) return members;
    }
  }

  private array(depth: number): Json[] {
    const items: Json[] = [];
    this.at += 1;
    this.space();
    if (this.take(']')) return items;
    for (;;) {
      items.push(this.value(depth + 1));
      if (!this.goesOn(']')) return items;
    }
  }

  /** After a member or an item: whether another one follows. */
  private goesOn(end: string): boolean {
    this.space();
    const comma = this.at;
    if (!this.take(',')) {
      if (this.take(end)) return false;
      throw new Found('separator', this.at);
    }
    this.space();
    if (this.next() === end) throw new Found('trailingComma', comma);
    return true;
  }

  private value(depth: number): Json {
    if (depth > MAX_DEPTH) throw new Found('deep', this.at);
    const next = this.next();
    if (next === '{') return Object.fromEntries(this.object(depth).map(({ name, value }) => [name, value]));
    if (next === '[') return this.array(depth);
    if (next === '"' || next === "'") return this.string('value');
    const plain = this.match(NUMBER) ?? this.match(WORD);
    if (plain === null) throw new Found('value', this.at);
    return JSON.parse(plain) as Json;
  }

  private string(wanted: 'name' | 'value'): string {
    if (this.next() === "'") throw new Found('singleQuotes', this.at);
    if (this.next() !== '"') throw new Found(wanted, this.at);
    const begin = this.at;
    const written = this.match(STRING);
    if (written === null) throw new Found('unclosedText', begin);
    try {
      return JSON.parse(written) as string;
    } catch {
      // A tab as it is, or a backslash before something else than JSON knows.
      throw new Found('escape', begin);
    }
  }

  private space(): void {
    this.match(SPACE);
  }

  private next(): string | undefined {
    return this.text[this.at];
  }

  private take(character: string): boolean {
    if (this.next() !== character) return false;
    this.at += 1;
    return true;
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const [found] = pattern.exec(this.text) ?? [null];
    if (found !== null) this.at += found.length;
    return found;
  }
}
