import { plural } from '@/lib/numbers';
import classes from './lists.module.css';

interface TailButtonProps {
  following: boolean;
  unseen: number;
  /** "message", "line" */
  one: string;
  onClick: () => void;
}

/** "12 new messages ↓": back to the end. */
export function TailButton({ following, unseen, one, onClick }: TailButtonProps) {
  if (following || unseen === 0) return null;
  return (
    <button type="button" className={classes.tail} onClick={onClick}>
      {plural(unseen, `new ${one}`)} <span aria-hidden="true">↓</span>
    </button>
  );
}
