/** Searching tasks: which ones match some words, how well, and where. Pure. */

import type { TaskSummary } from '@/api/types';
import { plainText } from '@/components/plainText';

/** A task with its texts made ready: done once for a list, not for each key. */
export interface Searchable {
  task: TaskSummary;
  /** Without the marks of Markdown. */
  description: string;
  folded: { name: string; id: string; tags: string[]; description: string };
}

export function searchable(task: TaskSummary): Searchable {
  const description = plainText(task.description);
  return {
    task,
    description,
    folded: { name: fold(task.name), id: fold(task.id), tags: task.tags.map(fold), description: fold(description) },
  };
}

/** Without case and accents, and exactly as long as before: places in one are places in the other. */
export function fold(text: string): string {
  // eslint-disable-next-line no-control-regex -- most texts are nothing but ASCII, and those are quick
  if (/^[\x00-\x7f]*$/.test(text)) return text.toLowerCase();
  let folded = '';
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charAt(index);
    folded += unit.normalize('NFD').charAt(0).toLowerCase().charAt(0) || unit;
  }
  return folded;
}

export function wordsOf(text: string): string[] {
  return [...new Set(fold(text).split(/\s+/).filter(Boolean))];
}

/** How well a task matches: 0 where one of the words occurs nowhere in it. */
export function score({ folded }: Searchable, words: readonly string[]): number {
  let total = 0;
  for (const word of words) {
    const best = Math.max(
      rank(folded.name, word, 8),
      rank(folded.id, word, 6),
      ...folded.tags.map((tag) => rank(tag, word, 5)),
      rank(folded.description, word, 2),
    );
    if (best === 0) return 0;
    total += best;
  }
  return total;
}

/** The whole of a text counts more than its beginning, the beginning of a word more than its middle. */
function rank(text: string, word: string, weight: number): number {
  const at = text.indexOf(word);
  if (at < 0) return 0;
  if (text === word) return weight + 3;
  if (at === 0) return weight + 2;
  return beginsWord(text, word) ? weight + 1 : weight;
}

function beginsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(text.charAt(at - 1))) return true;
  }
  return false;
}

export interface Piece {
  text: string;
  found: boolean;
}

/** The text in pieces, those that the words found among them. */
export function marked(text: string, words: readonly string[]): Piece[] {
  const folded = fold(text);
  const found = new Uint8Array(text.length);
  for (const word of words) {
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + word.length)) {
      found.fill(1, at, at + word.length);
    }
  }
  const pieces: Piece[] = [];
  let start = 0;
  for (let index = 1; index <= text.length; index += 1) {
    if (index < text.length && found[index] === found[start]) continue;
    pieces.push({ text: text.slice(start, index), found: found[start] === 1 });
    start = index;
  }
  return pieces;
}
