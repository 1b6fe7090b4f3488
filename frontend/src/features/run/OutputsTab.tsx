import { Button } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isFinal, type Run, type RunOutput } from '@/api/types';
import { EmptyState } from '@/components/EmptyState';
import { DownloadIcon } from '@/components/icons';
import { formatBytes, formatValue } from '@/lib/numbers';
import * as paths from '@/lib/paths';
import { JsonTree } from '@/components/outputs/JsonTree';
import { OutputPreview, previewKind } from './OutputPreview';
import type { RunStore } from './run-store';
import { useRunState } from './useRunEvents';
import classes from './details.module.css';

/** The results the run published. */
export function OutputsTab({ run, store }: { run: Run; store: RunStore }) {
  const { t } = useTranslation();
  const outputs = useRunState(store, (state) => state.outputs);
  if (outputs.length === 0) {
    return (
      <EmptyState title={t(isFinal(run.status) ? 'run.outputs.none' : 'run.outputs.noneYet')}>
        <p>{t('run.outputs.noneText')}</p>
      </EmptyState>
    );
  }
  const values = outputs.filter((output) => output.kind === 'value');
  const files = outputs.filter((output) => output.kind !== 'value');
  return (
    <div className={classes.page}>
      {values.length > 0 && (
        <section aria-labelledby="values">
          <h2 id="values" className={classes.heading}>
            {t('run.outputs.values')}
          </h2>
          <dl className={classes.facts}>
            {values.map((output) => (
              <div key={output.name} className={classes.fact}>
                <dt>{output.name}</dt>
                <dd>
                  <Value output={output} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      {files.length > 0 && (
        <section aria-labelledby="files">
          <h2 id="files" className={classes.heading}>
            {t('run.outputs.files')}
          </h2>
          <ul className={classes.files}>
            {files.map((output) => (
              <li key={output.name} className={classes.output}>
                <div className={classes.file}>
                  <div className={classes.fileName}>
                    <span>{output.name}</span>
                    <span className={classes.fileFacts}>{describe(output, t)}</span>
                </div>
                  <Button
                    component="a"
                    href={paths.runOutput(run.id, output.name)}
                    download
                    variant="default"
                    leftSection={<DownloadIcon size={14} />}
                    aria-label={t('run.outputs.downloadNamed', { name: output.name })}
                  >
                    {t('run.outputs.download')}
                  </Button>
                </div>
                <Preview run={run} output={output} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

/** Files that can be looked at are. */
function Preview({ run, output }: { run: Run; output: RunOutput }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(true);
  const kind = previewKind(output);
  if (kind === null) return null;
  return (
    <details className={classes.preview} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('run.outputs.preview')}</summary>
      {open && <OutputPreview runId={run.id} output={output} kind={kind} />}
    </details>
  );
}

function Value({ output }: { output: RunOutput }) {
  useTranslation();
  const { value } = output;
  if (typeof value === 'number') return <span className={classes.number}>{formatValue(value)}</span>;
  if (typeof value === 'string') return <span className={classes.text}>{value}</span>;
  if (value === null || typeof value !== 'object') return <span>{String(value)}</span>;
  return <JsonTree value={value} label={output.name} />;
}

function describe({ kind, file, size, rows, columns }: RunOutput, t: TFunction): string {
  const parts: string[] = [kind === 'table' ? t('run.outputs.table') : (file?.split('/').at(-1) ?? t('run.outputs.file'))];
  if (rows !== null) parts.push(t('run.outputs.rows', { count: rows }));
  if (columns) parts.push(columns.length <= 6 ? columns.join(', ') : t('run.outputs.columns', { count: columns.length }));
  if (size !== null) parts.push(formatBytes(size));
  return parts.join(' · ');
}
