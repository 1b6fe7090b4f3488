import { memo, useLayoutEffect, useMemo, useRef } from 'react';
import { Markdown } from '@/components/Markdown';
import { plural } from '@/lib/numbers';
import { withoutAnsi } from './ansi';
import { AnsiText } from './AnsiText';
import { Code } from './Code';
import { decide } from './html';
import { choose } from './mime';
import type { DataOutput, ErrorOutput, Output, StreamOutput } from './run-state';
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
  if (outputs.length === 0) return null;
  return (
    <div className={classes.outputs}>
      {forgotten > 0 && <p className={classes.forgotten}>The first {plural(forgotten, 'output')} of this cell are not shown.</p>}
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
    <pre
      ref={scroller}
      className={classes.text}
      data-name={output.name}
      onScroll={(event) => {
        const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
        if (scrollHeight - scrollTop - clientHeight < 4) top.current = scrollTop;
      }}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      role="group"
      aria-label={`${of}: ${output.name === 'stderr' ? 'error output' : 'text output'}`}
    >
      {output.forgotten > 0 && '… the beginning is in the log …\n'}
      {output.blocks.map((block, index) => (
        <AnsiText key={output.firstBlock + index} text={block} />
      ))}
      <AnsiText text={output.tail + output.open.text} />
    </pre>
  );
}

function Failure({ output, of }: { output: ErrorOutput; of: string }) {
  return (
    <div className={classes.error}>
      <p className={classes.errorName}>{[output.name, output.value].filter((part) => part !== '').join(': ')}</p>
      {output.traceback !== '' && (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <pre tabIndex={0} role="group" aria-label={`${of}: traceback`}>
          <AnsiText text={output.traceback} />
        </pre>
      )}
    </div>
  );
}

function Data({ output, of }: { output: DataOutput; of: string }) {
  const form = useMemo(() => choose(output.data, output.metadata), [output.data, output.metadata]);
  const html = useMemo(() => (form.kind === 'html' ? decide(form.html) : null), [form]);
  switch (form.kind) {
    case 'plotly':
      return <SandboxFrame content={form} owner={output.data} title={`${of}: chart`} />;
    case 'javascript':
      return <SandboxFrame content={form} owner={output.data} title={`${of}: interactive output`} />;
    case 'html':
      return html?.kind === 'plain' ? (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className={classes.html} tabIndex={0} role="group" aria-label={`${of}: table`} dangerouslySetInnerHTML={{ __html: html.html }} />
      ) : (
        <SandboxFrame content={form} owner={output.data} title={`${of}: formatted output`} />
      );
    case 'markdown':
      return (
        <div className={classes.markdown}>
          <Markdown text={form.text} />
        </div>
      );
    case 'image':
      return (
        <img
          className={classes.image}
          src={form.source}
          alt={`${of}: ${describe(output)}`}
          {...(form.width !== null && { width: form.width })}
          {...(form.height !== null && { height: form.height })}
        />
      );
    case 'json':
      return <Code code={JSON.stringify(form.value, null, 2)} language="json" label={`${of}: JSON`} />;
    case 'text':
      return (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <pre className={classes.text} tabIndex={0} role="group" aria-label={`${of}: text output`}>
          <AnsiText text={form.text} />
        </pre>
      );
    case 'unknown':
      return (
        <p className={classes.forgotten}>
          An output of the type {form.types.join(', ') || 'nothing'} can’t be shown here. It is in the notebook, which you can
          download under Details.
        </p>
      );
  }
}

/** What the author's library says of its picture, e.g. "<Figure size 640x480 with 1 Axes>". */
function describe(output: DataOutput): string {
  const text = output.data['text/plain'];
  const words = typeof text === 'string' ? withoutAnsi(text).replace(/^<|>$/g, '').trim() : '';
  return words === '' || words.length > 200 ? 'picture' : words;
}
