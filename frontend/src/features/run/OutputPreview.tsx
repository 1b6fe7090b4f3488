import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import * as queries from '@/api/queries';
import type { RunOutput } from '@/api/types';
import { ErrorPanel } from '@/components/ErrorPanel';
import { Markdown } from '@/components/Markdown';
import { Scroll } from '@/components/Scroll';
import { looksNumeric } from '@/components/outputs/html';
import { JsonTree } from '@/components/outputs/JsonTree';
import { choose } from '@/components/outputs/mime';
import { SandboxFrame } from '@/components/outputs/SandboxFrame';
import * as paths from '@/lib/paths';
import { firstRows } from './csv';
import classes from './preview.module.css';

type Kind = 'table' | 'json' | 'image' | 'svg' | 'html' | 'markdown' | 'text' | 'parquet';

const KINDS: Record<string, Kind> = {
  csv: 'table', tsv: 'table', json: 'json', geojson: 'json', png: 'image', jpg: 'image', jpeg: 'image', gif: 'image', webp: 'image',
  svg: 'svg', html: 'html', htm: 'html', md: 'markdown', txt: 'text', log: 'text', py: 'text', sql: 'text', yaml: 'text', yml: 'text',
  parquet: 'parquet', pq: 'parquet',
};

/** So much is read of a table or a text, and at most of what cannot be shown in part. */
const BEGINNING = 64_000;
const WHOLE = 1_000_000;
const ROWS = 20;
const COLUMNS = 50;

const ROW_HEIGHT = 29;
const BORDERS = 18;
const TABLE_HEIGHT = 360;
const NOTE_HEIGHT = 28;
const SMALL_BYTES = 300;
const SMALL_HEIGHT = 96;
const HEIGHT = 280;
/** Of a page, which is most likely what the run was for. */
const PAGE_HEIGHT = 520;

/** How a file can be looked at before it is downloaded; `null`: not at all. */
export function previewKind({ file }: Pick<RunOutput, 'file'>): Kind | null {
  const extension = /\.(\w+)$/.exec(file ?? '')?.[1]?.toLowerCase() ?? '';
  return KINDS[extension] ?? null;
}

interface PreviewProps {
  runId: number;
  output: RunOutput;
  kind: Kind;
}

/** What a published file looks like: its first rows or lines, or all of it where it is small. */
export function OutputPreview({ runId, output, kind }: PreviewProps) {
  const { t } = useTranslation();
  // What reads it takes more room on the server than all the rest.
  if (kind === 'parquet') return <p className={classes.note}>{t('run.outputs.parquet')}</p>;
  return (
    <div className={classes.box} style={{ height: heightOf(kind, output) }}>
      {kind === 'image' ? (
        <img className={classes.image} src={paths.runOutput(runId, output.name)} alt={output.name} loading="lazy" />
      ) : (
        <TextPreview runId={runId} output={output} kind={kind} />
      )}
    </div>
  );
}

/** Pixels, from what is known before the file is read: what is below does not move when it comes. */
function heightOf(kind: Kind, { rows, size }: RunOutput): number {
  if (kind === 'table') {
    const shown = Math.min(rows ?? ROWS, ROWS) + 1;
    const note = rows !== null && rows > ROWS ? NOTE_HEIGHT : 0;
    return Math.min(shown * ROW_HEIGHT + BORDERS, TABLE_HEIGHT) + note;
  }
  if (kind === 'html') return PAGE_HEIGHT;
  return kind !== 'image' && size !== null && size < SMALL_BYTES ? SMALL_HEIGHT : HEIGHT;
}

function TextPreview({ runId, output, kind }: PreviewProps) {
  const { t } = useTranslation();
  const limit = kind === 'table' || kind === 'text' ? BEGINNING : WHOLE;
  const beginning = useQuery(queries.outputBeginning(runId, output, limit));
  if (beginning.isPending) return <Skeleton height="100%" aria-label={t('run.outputs.loading')} />;
  if (beginning.isError) {
    return <ErrorPanel error={beginning.error} title={t('run.outputs.noPreview')} onRetry={() => void beginning.refetch()} />;
  }
  const { text, isWhole } = beginning.data;
  if (kind === 'table') return <Table text={text} isWhole={isWhole} output={output} />;
  if (!isWhole && kind !== 'text') return <p className={classes.note}>{t('run.outputs.tooLarge')}</p>;
  return <Content text={text} isWhole={isWhole} kind={kind} name={output.name} />;
}

function Content({ text, isWhole, kind, name }: { text: string; isWhole: boolean; kind: Kind; name: string }) {
  const { t } = useTranslation();
  // A new object would be drawn anew by the frame.
  const html = useMemo(() => ({ kind: 'html' as const, html: text }), [text]);
  const json = useMemo(() => (kind === 'json' ? parsed(text) : undefined), [text, kind]);
  if (kind === 'html') return <SandboxFrame content={html} owner={html} title={name} />;
  if (kind === 'markdown') return <Markdown text={text} math />;
  if (kind === 'svg') {
    const form = choose({ 'image/svg+xml': text }, {});
    if (form.kind === 'image') return <img className={classes.image} src={form.source} alt={name} />;
  }
  if (json !== undefined) return <JsonTree value={json} label={name} />;
  return (
    <Scroll as="pre" className={classes.text} aria-label={name}>
      {text}
      {!isWhole && `\n${t('run.outputs.more')}`}
    </Scroll>
  );
}

function Table({ text, isWhole, output }: { text: string; isWhole: boolean; output: RunOutput }) {
  const { t } = useTranslation();
  const [head = [], ...rows] = useMemo(
    () =>
      firstRows(text, { separator: output.file?.toLowerCase().endsWith('.tsv') ? '\t' : ',', limit: ROWS + 1, isWhole }).map((row) =>
        row.slice(0, COLUMNS),
      ),
    [text, isWhole, output.file],
  );
  if (head.length === 0) return <p className={classes.note}>{t('run.outputs.emptyTable')}</p>;
  const isWords = head.map((_, column) => rows.some((row) => !looksNumeric((row[column] ?? '').trim())));
  return (
    <>
      <Scroll className={classes.scroll} aria-label={output.name}>
        <table className={classes.table} aria-label={t('run.outputs.firstRows', { name: output.name })}>
          <thead>
            <tr>
              {head.map((name, column) => (
                <th key={column} scope="col" data-words={isWords[column] === true ? '' : undefined}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={index}>
                {head.map((_, column) => (
                  <td key={column} data-words={isWords[column] === true ? '' : undefined}>
                    {row[column]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {output.rows !== null && output.rows > rows.length && (
        <p className={classes.note}>{t('run.outputs.rowsShown', { shown: rows.length, count: output.rows })}</p>
      )}
    </>
  );
}

/** `undefined` for what is no JSON after all: its text is shown. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Half written, or with NaN in it as Python writes it.
    return undefined;
  }
}
