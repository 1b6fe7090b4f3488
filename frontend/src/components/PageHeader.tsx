import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import * as pageTitle from '@/lib/pageTitle';
import classes from './PageHeader.module.css';

interface PageHeaderProps {
  title: string;
  /** Beside the title: a count, a status. */
  detail?: ReactNode;
  /** At the right end; the primary action last. */
  children?: ReactNode;
}

/** Title and actions of a page, at the same place on each. Also names the browser's tab. */
export function PageHeader({ title, detail, children }: PageHeaderProps) {
  useTitle(title);
  return (
    <header className={classes.header}>
      <div className={classes.names}>
        <h1 className={classes.title}>{title}</h1>
        {detail && <div className={classes.detail}>{detail}</div>}
      </div>
      {children && <div className={classes.actions}>{children}</div>}
    </header>
  );
}

export function useTitle(title: string): void {
  const { t } = useTranslation();
  useEffect(() => pageTitle.name(t('app.pageTitle', { title })), [title, t]);
}
