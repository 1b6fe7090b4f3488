import { useComputedColorScheme } from '@mantine/core';
import { memo, type CSSProperties } from 'react';
import { spans, type Span } from './ansi';

/** Text with the colours of a terminal. */
export function AnsiText({ text }: { text: string }) {
  // Most has none, and there may be thousands of pieces: those need not listen to the colours of the page.
  return text.includes('\x1b') ? <Coloured text={text} /> : text;
}

const Coloured = memo(function Coloured({ text }: { text: string }) {
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  return spans(text, scheme).map((span, index) => (
    // The pieces of a text have no identity of their own.
    <span key={index} style={styleOf(span)}>
      {span.text}
    </span>
  ));
});

function styleOf(span: Span): CSSProperties {
  return {
    ...(span.color && { color: span.color }),
    ...(span.background && { background: span.background }),
    ...(span.bold && { fontWeight: 700 }),
    ...(span.italic && { fontStyle: 'italic' }),
    ...((span.underline ?? span.strike) && { textDecoration: span.underline ? 'underline' : 'line-through' }),
    ...(span.hidden && { visibility: 'hidden' }),
  };
}
