import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import * as queries from '@/api/queries';
import type { LintFinding, Task } from '@/api/types';
import { CopyButton } from '@/components/CopyButton';
import { EmptyState } from '@/components/EmptyState';
import { ErrorPanel } from '@/components/ErrorPanel';
import { CheckIcon, ErrorIcon, RefreshIcon, WarningIcon } from '@/components/icons';
import { Tag } from '@/components/Tag';
import { TextSkeleton } from '@/features/tasks/TextSkeleton';
import { formatCount } from '@/lib/numbers';
import classes from './CheckTab.module.css';

/** What is wrong with the code of the task, found without running it. */
export function CheckTab({ task }: { task: Task }) {
  const { t } = useTranslation();
  const lint = useQuery(queries.taskLint(task.id));
  if (lint.isPending) return <TextSkeleton label={t('tasks.page.check.loading')} />;
  if (!lint.data) {
    return <ErrorPanel error={lint.error} title={t('tasks.page.check.notLoaded')} onRetry={() => void lint.refetch()} />;
  }
  const { findings } = lint.data;
  const again = (
    <Button variant="default" size="xs" leftSection={<RefreshIcon size={14} />} loading={lint.isFetching} onClick={() => void lint.refetch()}>
      {t('tasks.page.check.again')}
    </Button>
  );
  // What its declaration names may not be there to be read.
  const isBroken = task.problems.some(({ severity }) => severity === 'error');
  if (findings.length === 0 && isBroken) {
    return (
      <EmptyState icon={<WarningIcon />} title={t('tasks.page.check.nothingElse')} action={again}>
        {t('tasks.page.check.nothingElseText')}
      </EmptyState>
    );
  }
  if (findings.length === 0) {
    return (
      <EmptyState icon={<CheckIcon />} title={t('tasks.page.check.none')} action={again}>
        {t('tasks.page.check.noneText')}
      </EmptyState>
    );
  }
  return (
    <section aria-label={t('tasks.page.check.label')}>
      <div className={classes.head}>
        <span>{t('tasks.page.check.intro')}</span>
        {again}
      </div>
      <ul className={classes.list}>
        {findings.map((finding, index) => (
          <Finding key={index} finding={finding} />
        ))}
      </ul>
    </section>
  );
}

function Finding({ finding }: { finding: LintFinding }) {
  const { t } = useTranslation();
  const isError = finding.severity === 'error';
  const place = `${finding.file}:${finding.line}:${finding.column}`;
  const inNotebook = cellOf(finding, t);
  return (
    <li className={classes.finding} data-severity={finding.severity}>
      {isError ? <ErrorIcon size={14} /> : <WarningIcon size={14} />}
      <div className={classes.body}>
        <span className={classes.hidden}>{isError ? t('components.problems.error') : t('components.problems.warning')}</span>
        <p>{finding.message}</p>
        {finding.advice && <p className={classes.advice}>{finding.advice}</p>}
        <p className={classes.place}>
          {inNotebook && <span>{inNotebook}</span>}
          <code>{place}</code>
          <Tag>{finding.rule}</Tag>
        </p>
      </div>
      <CopyButton text={`${place}: ${finding.message}`} label={t('components.problems.copy')} />
    </li>
  );
}

/** The place in a notebook, as its reader counts: by cells. */
function cellOf({ cell, cell_kind: kind, cell_line: line }: LintFinding, t: TFunction): string | null {
  if (cell === null) return null;
  if (kind !== 'code') return cell === 0 ? t('tasks.page.check.textFirst') : t('tasks.page.check.textAfter', { cell });
  return line === null ? t('tasks.page.check.cell', { cell }) : t('tasks.page.check.cellLine', { cell, line });
}

/** How much there is to see; nothing while that is unknown, and nothing for nothing. */
export function CheckCount({ task, className }: { task: Task; className: string }) {
  const { data } = useQuery(queries.taskLint(task.id));
  return data && data.findings.length > 0 ? <span className={className}>{formatCount(data.findings.length)}</span> : null;
}
