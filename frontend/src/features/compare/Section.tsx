import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './ComparePage.module.css';

/** A part of the comparison, which an address can lead to. */
export function Section({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section id={id} className={classes.section} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`} className={classes.title}>
        {title}
      </h2>
      {children}
    </section>
  );
}

interface ComparedProps<T> {
  items: readonly T[];
  isSame: (item: T) => boolean;
  onlyDifferences: boolean;
  /** What is said when nothing differs; empty: nothing. */
  allEqual: string;
  children: (items: readonly T[]) => ReactNode;
}

/** What differs first; what is equal on demand. */
export function DifferentFirst<T>({ items, isSame, onlyDifferences, allEqual, children }: ComparedProps<T>) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const different = items.filter((item) => !isSame(item));
  const equal = items.filter(isSame);
  const showEqual = !onlyDifferences || opened;
  const shown = showEqual ? [...different, ...equal] : different;
  return (
    <>
      {different.length === 0 && allEqual !== '' && <p className={classes.none}>{allEqual}</p>}
      {shown.length > 0 && children(shown)}
      {onlyDifferences && equal.length > 0 && (
        <button type="button" className={classes.showEqual} aria-expanded={opened} onClick={() => setOpened(!opened)}>
          {opened ? t('compare.equal.hide') : t('compare.equal.show', { count: equal.length })}
        </button>
      )}
    </>
  );
}
