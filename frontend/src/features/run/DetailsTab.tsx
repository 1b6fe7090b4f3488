import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import * as queries from '@/api/queries';
import { isFinal, type Attempt, type Run } from '@/api/types';
import { CopyButton } from '@/components/CopyButton';
import { Duration } from '@/components/Duration';
import { ErrorPanel } from '@/components/ErrorPanel';
import { DownloadIcon, ExternalIcon } from '@/components/icons';
import { StatusBadge } from '@/components/StatusBadge';
import { Time } from '@/components/Time';
import { formatDuration } from '@/lib/durations';
import { formatBytes } from '@/lib/numbers';
import * as paths from '@/lib/paths';
import { Code } from './Code';
import type { RunStore } from './run-store';
import { asText } from './source';
import { useRunState } from './useRunEvents';
import classes from './details.module.css';

const TRIGGERS: Record<string, string> = {
  dashboard: 'From the dashboard',
  api: 'Through the API',
  cli: 'From the command line',
};

const LABELS: Record<string, string> = { cpu_seconds: 'Processor time', wall_seconds: 'Time' };

/** What it takes to repeat this run: values, code, versions, times. */
export function DetailsTab({ run, store }: { run: Run; store: RunStore }) {
  const live = useRunState(store, (state) => state.facts);
  const facts = { ...run.facts, ...live };
  const parameters = Object.entries(run.parameters);
  return (
    <div className={classes.page}>
      <Section id="parameters" title="Parameters">
        {parameters.length === 0 ? (
          <p className={classes.dim}>This task takes none.</p>
        ) : (
          <dl className={classes.facts}>
            {parameters.map(([name, value]) => (
              <Fact key={name} name={name}>
                {value === null ? <span className={classes.dim}>no value</span> : <span className={classes.text}>{String(value)}</span>}
              </Fact>
            ))}
          </dl>
        )}
      </Section>
      <Section id="downloads" title="Downloads">
        <div className={classes.downloads}>
          {run.kind === 'notebook' && (
            <>
              <Download href={paths.runNotebook(run.id)}>Notebook (.ipynb)</Download>
              <Button
                component="a"
                href={paths.runHtml(run.id)}
                target="_blank"
                rel="noopener"
                variant="default"
                leftSection={<ExternalIcon size={14} />}
              >
                Open as a web page
              </Button>
            </>
          )}
          <Download href={paths.runLog(run.id)}>Log</Download>
        </div>
      </Section>
      <Section id="run" title="Run">
        <dl className={classes.facts}>
          <Fact name="Started by">{TRIGGERS[run.trigger] ?? run.trigger}</Fact>
          {run.rerun_of !== null && (
            <Fact name="Repeats">
              <Link to={paths.run(run.rerun_of)}>run {run.rerun_of}</Link>
            </Fact>
          )}
          <Fact name="Asked for">
            <Time at={run.created_at} />
          </Fact>
          {run.started_at !== null && (
            <Fact name="Started">
              <Time at={run.started_at} />
            </Fact>
          )}
          {run.finished_at !== null && (
            <Fact name="Ended">
              <Time at={run.finished_at} />
            </Fact>
          )}
          {run.seconds !== null && (
            <Fact name="Took">
              <Duration seconds={run.seconds} />
            </Fact>
          )}
          {run.cancel_requested_at !== null && (
            <Fact name="Cancel requested">
              <Time at={run.cancel_requested_at} />
            </Fact>
          )}
          {run.priority !== 0 && <Fact name="Priority">{run.priority}</Fact>}
          <Fact name="Source (SHA-256)">
            <Hash text={run.source_sha256} label="Copy the hash of the source" />
          </Fact>
          <Fact name="Configuration">
            <Hash text={run.catalog_version} label="Copy the version of the configuration" />
          </Fact>
        </dl>
      </Section>
      {run.attempt > 0 && <Attempts run={run} />}
      {Object.keys(facts).length > 0 && (
        <Section id="environment" title="Environment">
          <dl className={classes.facts}>
            {Object.entries(facts).map(([name, value]) => (
              <Fact key={name} name={labelOf(name)}>
                <FactValue name={name} value={value} />
              </Fact>
            ))}
          </dl>
        </Section>
      )}
      <Source run={run} />
    </div>
  );
}

/** How each try went, and what it took. */
function Attempts({ run }: { run: Run }) {
  const attempts = useQuery(queries.runAttempts(run));
  return (
    <Section id="attempts" title={run.max_attempts > 1 ? `Attempts, at most ${run.max_attempts}` : 'Attempts'}>
      {attempts.isPending && <Skeleton height={60} />}
      {attempts.isError && (
        <ErrorPanel
          error={attempts.error}
          title="The attempts could not be loaded"
          onRetry={() => void attempts.refetch()}
        />
      )}
      {attempts.isSuccess && (
        // A wide table scrolls, and what scrolls must be reachable by the keyboard.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className={classes.scroll} tabIndex={0} role="group" aria-labelledby="attempts">
          <table className={classes.attempts} aria-labelledby="attempts">
            <thead>
              <tr>
                <th scope="col">Attempt</th>
                <th scope="col">Status</th>
                <th scope="col">Took</th>
                <th scope="col">Processor</th>
                <th scope="col">Peak memory</th>
                <th scope="col">Reason</th>
              </tr>
            </thead>
            <tbody>
              {attempts.data.map((attempt) => (
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
        </div>
      )}
    </Section>
  );
}

function tookSeconds({ seconds, started_at, finished_at }: Attempt): number | null {
  if (seconds !== null || finished_at === null) return seconds;
  return (new Date(finished_at).getTime() - new Date(started_at).getTime()) / 1000;
}

function Section({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className={classes.heading}>
        {title}
      </h2>
      {children}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Download({ href, children }: { href: string; children: string }) {
  return (
    <Button component="a" href={href} download variant="default" leftSection={<DownloadIcon size={14} />}>
      {children}
    </Button>
  );
}

function Hash({ text, label }: { text: string; label: string }) {
  if (text === '') return <span className={classes.dim}>unknown</span>;
  return (
    <>
      <span className={classes.mono}>{text.slice(0, 12)}</span> <CopyButton text={text} label={label} />
    </>
  );
}

function FactValue({ name, value }: { name: string; value: unknown }) {
  if (typeof value === 'number' && name.endsWith('_bytes')) return formatBytes(value);
  if (typeof value === 'number' && name.endsWith('_seconds')) return formatDuration(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value as Record<string, unknown>);
  return entries.map(([key, one]) => (Array.isArray(value) ? String(one) : `${key} ${String(one)}`)).join(', ') || 'none';
}

/** `peak_memory_bytes` → "Peak memory", `cpu_seconds` → "Processor time" */
function labelOf(name: string): string {
  const known = LABELS[name];
  if (known !== undefined) return known;
  const words = name.replace(/_bytes$/, '').replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function Source({ run }: { run: Run }) {
  const started = run.started_at !== null || isFinal(run.status);
  const source = useQuery({ ...queries.runSource(run.id), enabled: started });
  return (
    <Section id="source" title="Source as it was run">
      {!started && <p className={classes.dim}>It is kept when the run begins.</p>}
      {started && source.isPending && <Skeleton height={200} />}
      {source.isError && (
        <ErrorPanel error={source.error} title="The source could not be loaded" onRetry={() => void source.refetch()} />
      )}
      {source.isSuccess && <Code code={asText(source.data, run.kind)} language="python" label="Source" />}
    </Section>
  );
}
