import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { Compartment, EditorState, RangeSet, type Extension } from '@codemirror/state';
import { Decoration, EditorView, lineNumbers } from '@codemirror/view';
import { useComputedColorScheme } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { getNonce } from 'get-nonce';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Language } from '@/components/highlight';
import { useHighlighter, type Highlighter } from '@/components/useHighlighter';
import { marksOf } from './marks';
import highlight from '@/components/highlight.module.css';
import classes from './CodeDiff.module.css';

export interface CodeDiffProps {
  a: string;
  b: string;
  /** For those who do not see where the two are. */
  labels: { a: string; b: string };
  /** Numbers beside the lines. */
  numbered: boolean;
  /** Of code; what is none has no colours. */
  language?: Language;
}

/** Two columns need so much room; below it, what went and what came stand under each other. */
const WIDE = '(min-width: 900px)';
const FOLDED = { margin: 3, minSize: 6 };
/** Beyond it the differences are told by line, without searching for the best match of words. */
const LIMITS = { scanLimit: 2_000, timeout: 500 };

/** Two texts with their differences marked; what is equal is folded. */
export default function CodeDiff({ a, b, labels, numbered, language }: CodeDiffProps) {
  const { t } = useTranslation();
  const wide = useMediaQuery(WIDE, false, { getInitialValueInEffect: false });
  const dark = useComputedColorScheme('light', { getInitialValueInEffect: false }) === 'dark';
  const [folded, setFolded] = useState(true);
  const host = useRef<HTMLDivElement>(null);
  const colours = useRef(new Compartment());
  const views = useRef<EditorView[]>([]);
  const { a: labelA, b: labelB } = labels;
  const foldedText = t('components.diff.folded');
  const highlighter = useHighlighter(language !== undefined);
  useEffect(() => {
    const parent = host.current;
    if (!parent) return undefined;
    const common = (label: string): Extension[] => [
      EditorState.readOnly.of(true),
      EditorView.editable.of(false),
      EditorView.lineWrapping,
      EditorView.cspNonce.of(getNonce() ?? ''),
      // Reachable by the keyboard, though nothing can be written.
      EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': label, 'aria-readonly': 'true' }),
      EditorView.theme({}, { dark }),
      // The editor puts the number in the place of its sign.
      EditorState.phrases.of({ '$ unchanged lines': foldedText }),
      colours.current.of([]),
      ...(numbered ? [lineNumbers()] : []),
    ];
    const merge = { gutter: true, highlightChanges: true, diffConfig: LIMITS, ...(folded && { collapseUnchanged: FOLDED }) };
    if (wide) {
      const view = new MergeView({
        parent,
        a: { doc: a, extensions: common(labelA) },
        b: { doc: b, extensions: common(labelB) },
        ...merge,
      });
      views.current = [view.a, view.b];
      return () => view.destroy();
    }
    const view = new EditorView({
      parent,
      doc: b,
      extensions: [common(`${labelA}, ${labelB}`), unifiedMergeView({ original: a, mergeControls: false, ...merge })],
    });
    views.current = [view];
    return () => view.destroy();
  }, [a, b, labelA, labelB, foldedText, numbered, wide, dark, folded]);
  // Colours come when they are loaded: to build all anew for them would move what is being read.
  useEffect(() => {
    if (!highlighter || !language) return;
    for (const view of views.current) {
      view.dispatch({ effects: colours.current.reconfigure(colouring(view.state.doc.toString(), language, highlighter)) });
    }
  }, [a, b, labelA, labelB, foldedText, numbered, wide, dark, folded, highlighter, language]);
  const isLong = Math.max(lines(a), lines(b)) > FOLDED.minSize + FOLDED.margin;
  return (
    <div>
      <div ref={host} className={`${classes.diff} ${highlight.colours}`} />
      {isLong && (
        <button type="button" className={classes.fold} onClick={() => setFolded(!folded)}>
          {t(folded ? 'components.diff.showAll' : 'components.diff.hideEqual')}
        </button>
      )}
    </div>
  );
}

/** The text never changes here, so its colours are found once. */
function colouring(text: string, language: Language, highlighter: Highlighter): Extension {
  // As the editor counts: one character at each end of a line.
  const html = highlighter(text.replace(/\r\n?/g, '\n'), language);
  if (html === null) return [];
  const marks = marksOf(html).map(({ from, to, className }) => Decoration.mark({ class: className }).range(from, to));
  return EditorView.decorations.of(RangeSet.of(marks, true));
}

function lines(text: string): number {
  return text.split('\n').length;
}
