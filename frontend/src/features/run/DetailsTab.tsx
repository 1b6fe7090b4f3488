import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import * as queries from '@/api/queries';
import { isFinal, type Attempt, type Run } from '@/api/types';
import { CopyButton } from '@/components/CopyButton';
import { Duration } from '@/components/Duration';
import { ErrorPanel } from '@/components/ErrorPanel';
import { Scroll } from '@/components/Scroll';
import { StatusBadge } from '@/components/StatusBadge';
import { Time } from '@/components/Time';
import { formatDuration } from '@/lib/durations';
import { formatBytes } from '@/lib/numbers';
import * as paths from '@/lib/paths';
import { Code } from '@/components/Code';
import { EnvironmentSection } from './EnvironmentSection';
import { Fact, known, Section } from './facts';
import { listed } from './parameters';
import type { RunStore } from './run-store';
import { asText } from './source';
import { useRunState } from './useRunEvents';
import classes from './details.module.css';

/** What it takes to repeat this run: values, code, versions, times. */
export function DetailsTab({ run, store }: { run: Run; store: RunStore }) {
  const { t } = useTranslation();
  const live = useRunState(store, (state) => state.facts);
  const facts = { ...run.facts, ...live };
  const parameters = listed(run);
  return (
    <div className={classes.page}>
      <Section id="parameters" title={t('run.details.parameters')}>
        {parameters.length === 0 ? (
          <p className={classes.dim}>{t('run.details.noParameters')}</p>
        ) : (
          <dl className={classes.facts}>
            {parameters.map(({ name, title, value }) => (
              <Fact key={name} name={title} technicalName={title === name ? undefined : name}>
                {value === null ? <span className={classes.dim}>{t('run.details.noValue')}</span> : <span className={classes.text}>{value}</span>}
              </Fact>
            ))}
          </dl>
        )}
      </Section>
      <Section id="run" title={t('run.details.run')}>
        <dl className={classes.facts}>
          <Fact name={t('run.details.startedBy')}>{known(t, 'triggers', run.trigger) ?? run.trigger}</Fact>
          {run.rerun_of !== null && (
            <Fact name={t('run.details.repeats')}>
              <Link to={paths.run(run.rerun_of)}>{t('run.details.repeatedRun', { id: run.rerun_of })}</Link>
            </Fact>
          )}
          <Fact name={t('run.details.askedFor')}>
            <Time at={run.created_at} />
          </Fact>
          {run.started_at !== null && (
            <Fact name={t('run.details.started')}>
              <Time at={run.started_at} />
            </Fact>
          )}
          {run.finished_at !== null && (
            <Fact name={t('run.details.ended')}>
              <Time at={run.finished_at} />
            </Fact>
          )}
          {run.seconds !== null && (
            <Fact name={t('run.details.took')}>
              <Duration seconds={run.seconds} />
            </Fact>
          )}
          {run.cancel_requested_at !== null && (
            <Fact name={t('run.details.cancelRequested')}>
              <Time at={run.cancel_requested_at} />
            </Fact>
          )}
          {run.priority !== 0 && <Fact name={t('run.details.priority')}>{run.priority}</Fact>}
          <Fact name={t('run.details.sourceHash')}>
            <Hash text={run.source_sha256} label={t('run.details.copySourceHash')} />
          </Fact>
          <Fact name={t('run.details.configuration')}>
            <ConfigVersion run={run} />
            <Hash text={run.catalog_version} label={t('run.details.copyConfiguration')} />
          </Fact>
        </dl>
      </Section>
      {run.attempt > 0 && <Attempts run={run} />}
      <EnvironmentSection run={run} facts={facts} />
      <Source run={run} />
    </div>
  );
}

/** The version that it was started with, where there were versions. */
function ConfigVersion({ run }: { run: Run }) {
  const { t } = useTranslation();
  const { data } = useQuery(queries.runDetail(run));
  if (typeof data?.config_version !== 'number') return null;
  return (
    <>
      <Link to={paths.configurationVersion(data.config_version)}>{t('run.details.configurationVersion', { number: data.config_version })}</Link>{' '}
    </>
  );
}

/** How each try went, and what it took. */
function Attempts({ run }: { run: Run }) {
  const { t } = useTranslation();
  const attempts = useQuery(queries.runDetail(run));
  return (
    <Section id="attempts" title={
        run.max_attempts > 1
          ? t('run.details.attempts.titleAtMost', { count: run.max_attempts })
          : t('run.details.attempts.title')
      }>
      {attempts.isPending && <Skeleton height={60} />}
      {attempts.isError && (
        <ErrorPanel
          error={attempts.error}
          title={t('run.details.attempts.notLoaded')}
          onRetry={() => void attempts.refetch()}
        />
      )}
      {attempts.isSuccess && (
        <Scroll className={classes.scroll} aria-labelledby="attempts">
          <table className={classes.attempts} aria-labelledby="attempts">
            <thead>
              <tr>
                <th scope="col">{t('run.details.attempts.attempt')}</th>
                <th scope="col">{t('run.details.attempts.status')}</th>
                <th scope="col">{t('run.details.attempts.took')}</th>
                <th scope="col">{t('run.details.attempts.processor')}</th>
                <th scope="col">{t('run.details.attempts.peakMemory')}</th>
                <th scope="col">{t('run.details.attempts.reason')}</th>
              </tr>
            </thead>
            <tbody>
              {attempts.data.attempts.map((attempt) => (
                <tr key={attempt.number}>
                  <td>{attempt.number}</td>
                  <td>
                    <StatusBadge status={attempt.status} />
                  </td>
                  <td>
                    <Duration seconds={tookSeconds(attempt)} />
                  </td>
                  <td>{attempt.cpu_seconds === null ? '–' : formatDuration(attempt.cpu_seconds)}</td>
                  <td>{attempt.peak_memory_bytes === null ? '–' : formatBytes(attempt.peak_memory_bytes)}</td>
                  <td className={classes.text}>{attempt.reason}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Section>
  );
}

function tookSeconds({ seconds, started_at, finished_at }: Attempt): number | null {
  if (seconds !== null || finished_at === null) return seconds;
  return (new Date(finished_at).getTime() - new Date(started_at).getTime()) / 1000;
}

function Hash({ text, label }: { text: string; label: string }) {
  const { t } = useTranslation();
  if (text === '') return <span className={classes.dim}>{t('run.details.unknown')}</span>;
  return (
    <>
      <span className={classes.mono}>{text.slice(0, 12)}</span> <CopyButton text={text} label={label} />
    </>
  );
}

function Source({ run }: { run: Run }) {
  const { t } = useTranslation();
  const started = run.started_at !== null || isFinal(run.status);
  const source = useQuery({ ...queries.runSource(run.id), enabled: started });
  return (
    <Section id="source" title={t('run.details.source')}>
      {!started && <p className={classes.dim}>{t('run.details.sourceLater')}</p>}
      {started && source.isPending && <Skeleton height={200} />}
      {source.isError && (
        <ErrorPanel error={source.error} title={t('run.details.sourceNotLoaded')} onRetry={() => void source.refetch()} />
      )}
      {source.isSuccess && <Code code={asText(source.data, run.kind)} language="python" label={t('run.details.sourceLabel')} />}
    </Section>
  );
}
