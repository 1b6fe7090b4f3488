import { memo, useLayoutEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Markdown } from '@/components/Markdown';
import { Formula } from '@/components/Formula';
import { Scroll } from '@/components/Scroll';
import { pieces } from '@/components/math';
import { withoutAnsi } from './ansi';
import { AnsiText } from './AnsiText';
import { decide } from './html';
import { JsonTree } from './JsonTree';
import { choose } from './mime';
import type { DataOutput, ErrorOutput, Output, StreamOutput } from './output';
import { SandboxFrame } from './SandboxFrame';
import classes from './outputs.module.css';

interface OutputsProps {
  outputs: readonly Output[];
  /** How many are not kept. */
  forgotten: number;
  /** "Cell 7": names the outputs for those who do not see where they are. */
  of: string;
}

/** What a cell has shown, as Jupyter shows it. */
export const Outputs = memo(function Outputs({ outputs, forgotten, of }: OutputsProps) {
  const { t } = useTranslation();
  if (outputs.length === 0) return null;
  return (
    <div className={classes.outputs}>
      {forgotten > 0 && <p className={classes.forgotten}>{t('run.output.forgotten', { count: forgotten })}</p>}
      {outputs.map((output) => (
        <OneOutput key={output.key} output={output} of={of} />
      ))}
    </div>
  );
});

const OneOutput = memo(function OneOutput({ output, of }: { output: Output; of: string }) {
  switch (output.kind) {
    case 'stream':
      return <Stream output={output} of={of} />;
    case 'error':
      return <Failure output={output} of={of} />;
    case 'data':
      return <Data output={output} of={of} />;
  }
});

function Stream({ output, of }: { output: StreamOutput; of: string }) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLPreElement>(null);
  const top = useRef(0);
  // A long stream scrolls in a window of its own and stays at its end, unless the reader went up.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element && element.scrollTop >= top.current) {
      element.scrollTo({ top: element.scrollHeight });
      top.current = element.scrollTop;
    }
  });
  return (
    <Scroll
      as="pre"
      ref={scroller}
      className={classes.text}
      data-name={output.name}
      onScroll={(event) => {
        const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
        if (scrollHeight - scrollTop - clientHeight < 4) top.current = scrollTop;
      }}
      aria-label={t(output.name === 'stderr' ? 'run.output.errorText' : 'run.output.text', { of })}
    >
      {output.forgotten > 0 && `${t('run.output.beginning')}\n`}
      {output.blocks.map((block, index) => (
        <AnsiText key={output.firstBlock + index} text={block} />
      ))}
      <AnsiText text={output.tail + output.open.text} />
    </Scroll>
  );
}

function Failure({ output, of }: { output: ErrorOutput; of: string }) {
  const { t } = useTranslation();
  return (
    <div className={classes.error}>
      <p className={classes.errorName}>{[output.name, output.value].filter((part) => part !== '').join(': ')}</p>
      {output.traceback !== '' && (
        <details>
          <summary>{t('run.failure.traceback')}</summary>
          <Scroll as="pre" aria-label={t('run.output.traceback', { of })}>
            <AnsiText text={output.traceback} />
          </Scroll>
        </details>
      )}
    </div>
  );
}

function Data({ output, of }: { output: DataOutput; of: string }) {
  const { t } = useTranslation();
  const form = useMemo(() => choose(output.data, output.metadata), [output.data, output.metadata]);
  const html = useMemo(() => (form.kind === 'html' ? decide(form.html) : null), [form]);
  switch (form.kind) {
    case 'plotly':
      return <SandboxFrame content={form} owner={output.data} title={t('run.output.chart', { of })} />;
    case 'javascript':
      return <SandboxFrame content={form} owner={output.data} title={t('run.output.interactive', { of })} />;
    case 'html':
      return html?.kind === 'plain' ? (
        <Scroll className={classes.html} aria-label={t('run.output.table', { of })} dangerouslySetInnerHTML={{ __html: html.html }} />
      ) : (
        <SandboxFrame content={form} owner={output.data} title={t('run.output.formatted', { of })} />
      );
    case 'markdown':
      return (
        <div className={classes.markdown}>
          <Markdown text={form.text} math />
        </div>
      );
    case 'image':
      return (
        <img
          className={classes.image}
          src={form.source}
          alt={t('run.output.image', { of, words: describe(output) ?? t('run.output.picture') })}
          {...(form.width !== null && { width: form.width })}
          {...(form.height !== null && { height: form.height })}
        />
      );
    case 'json':
      return <JsonTree value={form.value} label={t('run.output.json', { of })} />;
    case 'latex':
      return <Latex text={form.text} label={t('run.output.formula', { of })} />;
    case 'vega':
      return <p className={classes.forgotten}>{t('run.output.vega')}</p>;
    case 'text':
      return (
        <Scroll as="pre" className={classes.text} aria-label={t('run.output.text', { of })}>
          <AnsiText text={form.text} />
        </Scroll>
      );
    case 'unknown':
      return (
        <p className={classes.forgotten}>
          {t('run.output.unknown', { types: form.types.join(', ') || t('run.output.noType') })}
        </p>
      );
  }
}

/** What a library hands out as LaTeX: formulas, perhaps with words between them, or a formula without its dollars. */
function Latex({ text, label }: { text: string; label: string }) {
  const found = useMemo(() => pieces(text.trim()), [text]);
  const [only] = found;
  return (
    <Scroll className={classes.formula} aria-label={label}>
      {found.length === 1 && only !== undefined ? (
        <Formula tex={typeof only === 'string' ? only : only.tex} display />
      ) : (
        found.map((piece, index) =>
          // The pieces of a text have no identity of their own.
          typeof piece === 'string' ? <span key={index}>{piece}</span> : <Formula key={index} {...piece} />,
        )
      )}
    </Scroll>
  );
}

/** What the author's library says of its picture, e.g. "<Figure size 640x480 with 1 Axes>". */
function describe(output: DataOutput): string | null {
  const text = output.data['text/plain'];
  const words = typeof text === 'string' ? withoutAnsi(text).replace(/^<|>$/g, '').trim() : '';
  return words === '' || words.length > 200 ? null : words;
}
