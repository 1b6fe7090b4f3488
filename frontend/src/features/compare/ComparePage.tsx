import { Button, Skeleton, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Navigate, useLocation, useSearchParams } from 'react-router';
import { ApiError } from '@/api/client';
import * as queries from '@/api/queries';
import { isFinal, type Comparison } from '@/api/types';
import { CopyButton } from '@/components/CopyButton';
import { EmptyState } from '@/components/EmptyState';
import { ErrorPanel } from '@/components/ErrorPanel';
import { InfoIcon, RunsIcon } from '@/components/icons';
import { PageHeader } from '@/components/PageHeader';
import * as paths from '@/lib/paths';
import { CellsSection } from './CellsSection';
import { CodeSection } from './CodeSection';
import { DurationsSection } from './DurationsSection';
import { Sides, SidesSkeleton } from './Sides';
import { ValuesSection, VersionsSection } from './ValuesSection';
import classes from './ComparePage.module.css';

/** Two runs side by side: `?a=811&b=812`; `?b=812` alone is compared with the success before it. */
export default function ComparePage() {
  const { t } = useTranslation();
  const [search] = useSearchParams();
  const [a, b] = [runNumber(search.get('a')), runNumber(search.get('b'))];
  if (a !== null && b !== null && a !== b) return <Compared key={`${a} ${b}`} a={a} b={b} />;
  if (b !== null && a === null && search.get('a') === null) return <WithPrevious id={b} />;
  return (
    <>
      <PageHeader title={t('compare.title')} />
      {a !== null && a === b ? (
        <EmptyState
          icon={<RunsIcon />}
          title={t('compare.same.title')}
          action={
            <Button component={Link} to={paths.compare({ b })} variant="default">
              {t('compare.link')}
            </Button>
          }
        >
          {t('compare.same.text', { id: a })}
        </EmptyState>
      ) : (
        <EmptyState icon={<RunsIcon />} title={t('compare.missing.title')} action={<ToRuns />}>
          {t('compare.missing.text')}
        </EmptyState>
      )}
    </>
  );
}

function runNumber(text: string | null): number | null {
  return text !== null && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}

function ToRuns({ task }: { task?: string }) {
  const { t } = useTranslation();
  return (
    <Button component={Link} to={paths.runs(task === undefined ? {} : { task })} variant="default">
      {t('compare.toRuns')}
    </Button>
  );
}

/** Finds the other run, and puts both into the address. */
function WithPrevious({ id }: { id: number }) {
  const { t } = useTranslation();
  const run = useQuery(queries.run(id));
  const previous = useQuery({ ...queries.successBefore({ id, task: run.data?.task ?? '' }), enabled: run.data !== undefined });
  if (previous.data) return <Navigate to={paths.compare({ a: previous.data.id, b: id })} replace />;
  const failed = run.error ?? previous.error;
  return (
    <>
      <PageHeader title={t('compare.title')} />
      {failed ? (
        <Failed error={failed} onRetry={() => void (run.error ? run : previous).refetch()} />
      ) : previous.data === null ? (
        <EmptyState icon={<RunsIcon />} title={t('compare.noPrevious.title')} action={<ToRuns {...(run.data && { task: run.data.task })} />}>
          {t('compare.noPrevious.text', { id })}
        </EmptyState>
      ) : (
        <Loading />
      )}
    </>
  );
}

function Failed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  const unknown = error instanceof ApiError && error.status === 404;
  return (
    <div className={classes.pad}>
      <ErrorPanel error={error} title={t('compare.notCompared')} {...(!unknown && { onRetry })} />
      {unknown && (
        <p className={classes.advice}>
          {t('compare.unknown')} <Link to={paths.runs()}>{t('compare.toRuns')}</Link>
        </p>
      )}
    </div>
  );
}

function Loading() {
  const { t } = useTranslation();
  return (
    <div aria-busy="true" aria-label={t('compare.loading')} role="status">
      <SidesSkeleton />
      <div className={classes.sections}>
        {[140, 120, 90, 260].map((height) => (
          <div key={height} className={classes.section}>
            <Skeleton width={120} height={16} mb={12} />
            <Skeleton height={height} />
          </div>
        ))}
      </div>
    </div>
  );
}

function Compared({ a, b }: { a: number; b: number }) {
  const { t } = useTranslation();
  const found = useQuery(queries.comparison(a, b));
  const [search, setSearch] = useSearchParams();
  const onlyDifferences = search.get('all') === null;
  return (
    <>
      <PageHeader title={t('compare.title')} detail={found.data?.same_task ? found.data.b.task_name : undefined}>
        <Switch
          label={t('compare.onlyDifferences')}
          checked={onlyDifferences}
          onChange={(event) => {
            const next = new URLSearchParams(search);
            if (event.currentTarget.checked) next.delete('all');
            else next.set('all', '1');
            setSearch(next, { replace: true, preventScrollReset: true });
          }}
        />
        <Button component={Link} to={`${paths.compare({ a: b, b: a })}${onlyDifferences ? '' : '&all=1'}`} replace variant="default" size="xs">
          {t('compare.swap')}
        </Button>
        <CopyButton text={() => location.href} label={t('compare.copyLink')} withLabel />
      </PageHeader>
      {found.data ? (
        <Parts comparison={found.data} onlyDifferences={onlyDifferences} />
      ) : found.isError ? (
        <Failed error={found.error} onRetry={() => void found.refetch()} />
      ) : (
        <Loading />
      )}
    </>
  );
}

function Parts({ comparison, onlyDifferences }: { comparison: Comparison; onlyDifferences: boolean }) {
  const { t } = useTranslation();
  const { a, b } = comparison;
  const isNotebook = a.kind === 'notebook' && b.kind === 'notebook';
  useAnchor();
  const counts = {
    values: comparison.parameters.filter((each) => each.state !== 'same').length,
    versions: comparison.versions.filter((each) => each.state !== 'same').length + (comparison.packages?.different.length ?? 0),
    cells: comparison.cells.filter((cell) => differs(cell)).length,
  };
  return (
    <>
      <Sides a={a} b={b} />
      {!(isFinal(a.status) && isFinal(b.status)) && (
        <p className={classes.note} role="status">
          <InfoIcon size={14} /> {t('compare.live')}
        </p>
      )}
      {!comparison.same_task && (
        <p className={classes.note}>
          <InfoIcon size={14} /> {t('compare.otherTask')}
        </p>
      )}
      <nav className={classes.anchors} aria-label={t('compare.sections.label')}>
        <a href="#values">{t('compare.sections.values')}</a> <Count count={counts.values} />
        <a href="#durations">{t('compare.sections.durations')}</a>
        <a href="#versions">{t('compare.sections.versions')}</a> <Count count={counts.versions} />
        {isNotebook ? (
          <>
            <a href="#cells">{t('compare.sections.cells')}</a> <Count count={counts.cells} />
          </>
        ) : (
          <>
            <a href="#code">{t('compare.sections.code')}</a> <Count count={comparison.source_identical ? 0 : 1} />
          </>
        )}
      </nav>
      <div className={classes.sections}>
        <ValuesSection comparison={comparison} onlyDifferences={onlyDifferences} />
        <DurationsSection comparison={comparison} />
        <VersionsSection comparison={comparison} onlyDifferences={onlyDifferences} />
        {isNotebook ? (
          <CellsSection comparison={comparison} onlyDifferences={onlyDifferences} />
        ) : (
          <CodeSection comparison={comparison} />
        )}
      </div>
    </>
  );
}

function differs(cell: Comparison['cells'][number]): boolean {
  return (cell.state !== 'same' && !cell.injected) || cell.outputs_equal === false;
}

function Count({ count }: { count: number }) {
  const { t } = useTranslation();
  return (
    <span className={classes.count} data-some={count > 0 || undefined}>
      <span aria-hidden="true">{count}</span>
      <span className={classes.hidden}>{t('compare.differences', { count })}</span>
    </span>
  );
}

/** The part that the address names is shown when it is there. */
function useAnchor() {
  const { hash } = useLocation();
  useEffect(() => {
    if (hash.length > 1) document.getElementById(decodeURIComponent(hash.slice(1)))?.scrollIntoView({ block: 'start' });
  }, [hash]);
}
