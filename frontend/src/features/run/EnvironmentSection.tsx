import { Skeleton, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as queries from '@/api/queries';
import { isFinal, type Environment, type Run } from '@/api/types';
import { ErrorPanel } from '@/components/ErrorPanel';
import { SearchIcon } from '@/components/icons';
import { Scroll } from '@/components/Scroll';
import { formatDuration } from '@/lib/durations';
import { formatBytes } from '@/lib/numbers';
import { Fact, known, Section } from './facts';
import classes from './details.module.css';

/** The hash of what was installed, which says nothing to a person. */
const NOTED = 'environment';

/** With what the run was executed: the machine, the Python, the packages. */
export function EnvironmentSection({ run, facts }: { run: Run; facts: Readonly<Record<string, unknown>> }) {
  const { t } = useTranslation();
  const noted = typeof facts[NOTED] === 'string' ? facts[NOTED] : '';
  const found = useQuery({ ...queries.runEnvironment(run.id, noted), enabled: noted !== '' });
  const told = Object.entries(facts).filter(([name]) => name !== NOTED);
  if (told.length === 0) return null;
  return (
    <Section id="environment" title={t('run.details.environment')}>
      <dl className={classes.facts}>
        {told.map(([name, value]) => (
          <Fact key={name} name={labelOf(name, t)}>
            {/* The runner, which tells the facts, may have another Python than its task. */}
            <FactValue name={name} value={name === 'python_version' ? (found.data?.python_version ?? value) : value} />
          </Fact>
        ))}
      </dl>
      {noted === '' && isFinal(run.status) && <p className={classes.dim}>{t('run.details.packages.notNoted')}</p>}
      {noted !== '' && found.isPending && <Skeleton width={160} height={20} mt={10} aria-label={t('run.details.packages.loading')} />}
      {found.isError && (
        <ErrorPanel error={found.error} title={t('run.details.packages.notLoaded')} onRetry={() => void found.refetch()} />
      )}
      {found.data && <Packages environment={found.data} />}
    </Section>
  );
}

function Packages({ environment }: { environment: Environment }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const { packages, packages_left_out: leftOut, path } = environment;
  const sought = plain(text);
  const shown = packages.filter(({ name }) => plain(name).includes(sought));
  return (
    <details className={classes.packages} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('run.details.packages.title', { count: packages.length + leftOut })}</summary>
      {open && (
        <>
          <p className={classes.dim}>{t('run.details.packages.where', { path })}</p>
          <TextInput
            type="search"
            size="xs"
            maw={320}
            leftSection={<SearchIcon size={13} />}
            aria-label={t('run.details.packages.search')}
            placeholder={t('run.details.packages.search')}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <p role="status" className={classes.dim}>
            {sought !== '' && t('run.details.packages.found', { count: shown.length })}
          </p>
          <Scroll className={classes.packageList} aria-label={t('run.details.packages.list')}>
            <table className={classes.attempts} aria-label={t('run.details.packages.list')}>
              <thead>
                <tr>
                  <th scope="col">{t('run.details.packages.name')}</th>
                  <th scope="col">{t('run.details.packages.version')}</th>
                </tr>
              </thead>
              <tbody>
                {shown.map(({ name, version }) => (
                  <tr key={name}>
                    <td className={classes.mono}>{name}</td>
                    <td className={classes.mono}>{version}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
          {leftOut > 0 && <p className={classes.dim}>{t('run.details.packages.leftOut', { count: leftOut })}</p>}
        </>
      )}
    </details>
  );
}

/** Spellings of a package's name are one. */
function plain(name: string): string {
  return name.trim().toLowerCase().replaceAll(/[-_.]+/g, '-');
}

function FactValue({ name, value }: { name: string; value: unknown }) {
  const { t } = useTranslation();
  if (typeof value === 'number' && name.endsWith('_bytes')) return formatBytes(value);
  if (typeof value === 'number' && name.endsWith('_seconds')) return formatDuration(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value as Record<string, unknown>);
  return entries.map(([key, one]) => (Array.isArray(value) ? String(one) : `${key} ${String(one)}`)).join(', ') || t('run.details.none');
}

/** `peak_memory_bytes` → "Peak memory", `cpu_seconds` → "Processor time" */
function labelOf(name: string, t: TFunction): string {
  const label = known(t, 'facts', name);
  if (label !== null) return label;
  const words = name.replace(/_bytes$/, '').replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
