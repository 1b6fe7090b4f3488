import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as configurationApi from '@/api/configuration';
import type { ConfigPlan } from '@/api/types';
import { TextDiff } from '@/components/diff/TextDiff';
import { ErrorPanel } from '@/components/ErrorPanel';
import type { Language } from '@/components/highlight';
import { ChevronDownIcon, ChevronRightIcon } from '@/components/icons';
import { Change } from '@/features/configuration/Change';
import { formatBytes } from '@/lib/numbers';
import classes from './configuration.module.css';

type FileChange = ConfigPlan['files'][number];

const SHOWN_AT_FIRST = 50;

interface FileChangesProps {
  files: readonly FileChange[];
  /** Of all, also of those that `files` leaves out. */
  counts: ConfigPlan['file_counts'];
  filesOf: number | null;
}

/** The files that are different; each opens to show what is. */
export function FileChanges({ files, counts, filesOf }: FileChangesProps) {
  const { t } = useTranslation();
  const [isWhole, setWhole] = useState(files.length <= SHOWN_AT_FIRST);
  const { added = 0, changed = 0, removed = 0 } = counts;
  const notListed = added + changed + removed - files.length;
  return (
    <section>
      <h3 className={classes.subheading}>
        {t('configuration.plan.files')} <span className={classes.dim}>{t('configuration.plan.fileCounts', { added, changed, removed })}</span>
      </h3>
      <ul className={classes.plain} aria-label={t('configuration.plan.files')}>
        {(isWhole ? files : files.slice(0, SHOWN_AT_FIRST)).map((file) => (
          <li key={file.path}>{filesOf === null ? <Line file={file} /> : <Opening file={file} version={filesOf} />}</li>
        ))}
      </ul>
      {!isWhole && (
        <button type="button" className={classes.link} onClick={() => setWhole(true)}>
          {t('configuration.plan.moreFiles', { count: files.length - SHOWN_AT_FIRST })}
        </button>
      )}
      {isWhole && notListed > 0 && <p className={classes.dim}>{t('configuration.plan.notListed', { count: notListed })}</p>}
    </section>
  );
}

function Line({ file: { path, change, size_before: before, size_after: after } }: { file: FileChange }) {
  const sizes = [before, after].filter((size) => size !== null).map(formatBytes);
  return (
    <>
      <Change change={change} /> <code className={classes.path}>{path}</code>{' '}
      <span className={classes.size}>{[...new Set(sizes)].join(' → ')}</span>
    </>
  );
}

function Opening({ file, version }: { file: FileChange; version: number }) {
  const [opened, setOpened] = useState(false);
  const id = useId();
  return (
    <>
      <button type="button" className={classes.file} aria-expanded={opened} aria-controls={id} onClick={() => setOpened(!opened)}>
        {opened ? <ChevronDownIcon size={12} /> : <ChevronRightIcon size={12} />} <Line file={file} />
      </button>
      <div id={id}>{opened && <Differences path={file.path} version={version} />}</div>
    </>
  );
}

function Differences({ path, version }: { path: string; version: number }) {
  const { t } = useTranslation();
  const diff = useQuery(configurationApi.fileDiff(version, path));
  if (diff.isPending) return <Skeleton height={120} role="status" aria-label={t('configuration.file.loading', { path })} />;
  if (diff.isError) {
    return <ErrorPanel error={diff.error} title={t('configuration.file.notLoaded')} onRetry={() => void diff.refetch()} />;
  }
  const file = diff.data;
  if (file === null) return <p className={classes.dim}>{t('configuration.file.same')}</p>;
  if (file.content === 'binary') return <p className={classes.dim}>{t('configuration.file.binary')}</p>;
  if (file.content === 'too_large') return <p className={classes.dim}>{t('configuration.file.tooLarge')}</p>;
  const language = file.content === 'notebook' ? 'python' : languageOf(path);
  return (
    <TextDiff
      a={file.before ?? ''}
      b={file.after ?? ''}
      labels={{ a: t('configuration.file.before', { path }), b: t('configuration.file.after', { path }) }}
      numbered
      {...(language && { language })}
    />
  );
}

const LANGUAGES: Readonly<Record<string, Language>> = { py: 'python', ipynb: 'json', json: 'json', sql: 'sql', sh: 'bash', r: 'r', jl: 'julia' };

function languageOf(path: string): Language | undefined {
  return LANGUAGES[/\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ''];
}
