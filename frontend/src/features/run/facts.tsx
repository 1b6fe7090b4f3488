import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { english } from '@/texts/english';
import classes from './details.module.css';

export function Section({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className={classes.heading}>
        {title}
      </h2>
      {children}
    </section>
  );
}

export function Fact({ name, technicalName, children }: { name: string; technicalName?: string | undefined; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>
        {name}
        {technicalName !== undefined && <span className={classes.technical}>{technicalName}</span>}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The text for a name that the server gives; `null` for one that there is no text for. */
export function known(t: TFunction, group: 'triggers' | 'facts', name: string): string | null {
  return Object.hasOwn(english.run.details[group], name)
    ? t(`run.details.${group}.${name}` as 'run.details.triggers.api' | 'run.details.facts.host')
    : null;
}
