import { marked } from '@/features/tasks/search';
import classes from './TasksPage.module.css';

/** A text with what was searched for marked in it. */
export function Marked({ text, words }: { text: string; words: readonly string[] }) {
  if (words.length === 0) return text;
  return marked(text, words).map((piece, index) =>
    piece.found ? (
      <mark key={index} className={classes.found}>
        {piece.text}
      </mark>
    ) : (
      piece.text
    ),
  );
}
