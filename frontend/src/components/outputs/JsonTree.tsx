import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Scroll } from '@/components/Scroll';
import classes from './json.module.css';

/** So many members are drawn at once; more on demand. */
const PAGE = 100;
/** Levels that are open at first. */
const OPEN_LEVELS = 2;

/** JSON to fold and unfold. */
export function JsonTree({ value, label }: { value: unknown; label: string }) {
  return (
    <Scroll className={classes.tree} aria-label={label}>
      <Node name={null} value={value} level={0} />
    </Scroll>
  );
}

function Node({ name, value, level }: { name: string | null; value: unknown; level: number }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(PAGE);
  const [open, setOpen] = useState(level < OPEN_LEVELS);
  const key = name !== null && <span className={classes.key}>{name}: </span>;
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) {
    return (
      <div className={classes.leaf}>
        {key}
        <span data-type={value === null ? 'null' : typeof value}>{JSON.stringify(value)}</span>
      </div>
    );
  }
  const members = Object.entries<unknown>(value as Record<string, unknown>);
  return (
    <details className={classes.node} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {key}
        <span className={classes.size}>
          {t(Array.isArray(value) ? 'run.json.items' : 'run.json.members', { count: members.length })}
        </span>
      </summary>
      {open && (
        <div className={classes.members}>
          {members.slice(0, shown).map(([member, child]) => (
            <Node key={member} name={member} value={child} level={level + 1} />
          ))}
          {members.length > shown && (
            <button type="button" className={classes.more} onClick={() => setShown(shown + 10 * PAGE)}>
              {t('run.json.more', { count: members.length - shown })}
            </button>
          )}
        </div>
      )}
    </details>
  );
}
