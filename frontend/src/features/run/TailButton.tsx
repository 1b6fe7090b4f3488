import { useTranslation } from 'react-i18next';
import classes from './lists.module.css';

interface TailButtonProps {
  following: boolean;
  unseen: number;
  of: 'messages' | 'lines';
  onClick: () => void;
}

/** "12 new messages ↓": back to the end. */
export function TailButton({ following, unseen, of, onClick }: TailButtonProps) {
  const { t } = useTranslation();
  if (following || unseen === 0) return null;
  return (
    <button type="button" className={classes.tail} onClick={onClick}>
      {t(`run.tail.${of}`, { count: unseen })} <span aria-hidden="true">↓</span>
    </button>
  );
}
