import { useComputedColorScheme } from '@mantine/core';
import { memo, type CSSProperties } from 'react';
import { spans, type Span } from './ansi';

/** Text with the colours of a terminal. */
export const AnsiText = memo(function AnsiText({ text }: { text: string }) {
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  if (!text.includes('\x1b')) return text;
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
