import { useComputedColorScheme } from '@mantine/core';
import plotly from 'plotly.js-strict-dist-min/plotly-strict.min.js?url';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as sandbox from './sandbox';
import classes from './outputs.module.css';

interface SandboxFrameProps {
  /** A new object is drawn anew. */
  content: sandbox.SandboxContent;
  /** The output that this is: whenever it is on the screen again, it gets the room it had. */
  owner: object;
  /** For those who do not see it. */
  title: string;
}

const heights = new WeakMap<object, number>();
const FIRST_HEIGHT = { html: 60, javascript: 40, plotly: 450 };

/** Untrusted HTML, scripts and interactive charts, in a frame that can reach nothing. */
export function SandboxFrame({ content, owner, title }: SandboxFrameProps) {
  const { t } = useTranslation();
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const paper = sandbox.wantsPaper(content);
  const theme = paper ? 'light' : scheme;
  const frame = useRef<HTMLIFrameElement>(null);
  const ready = useRef(false);
  const [height, setHeight] = useState(() => heights.get(owner) ?? firstHeight(content));
  const [failure, setFailure] = useState('');

  const say = (message: sandbox.ToSandbox) => {
    // The frame has no origin that could be named.
    frame.current?.contentWindow?.postMessage(message, '*');
  };
  const show = useEffectEvent(() => {
    if (content.kind === 'plotly') say({ ...content, library: new URL(plotly, location.href).href, theme });
    else say({ ...content, theme });
  });
  const onMessage = useEffectEvent((event: MessageEvent) => {
    // Anybody may send messages to this page; only those of this very frame count.
    const source = frame.current?.contentWindow;
    if (!source || event.source !== source) return;
    const message = sandbox.read(event.data);
    switch (message?.kind) {
      case 'ready':
        ready.current = true;
        show();
        break;
      case 'height':
        heights.set(owner, message.height);
        setHeight(message.height);
        break;
      case 'failed':
        setFailure(message.reason);
        break;
      case undefined:
        break;
    }
  });

  useEffect(() => {
    const listener = (event: MessageEvent) => onMessage(event);
    window.addEventListener('message', listener);
    return () => window.removeEventListener('message', listener);
  }, []);
  useEffect(() => {
    if (ready.current) show();
  }, [content]);
  const sayTheme = useEffectEvent(() => say({ kind: 'theme', theme }));
  useEffect(() => {
    if (ready.current) sayTheme();
  }, [theme]);

  return (
    <>
      <iframe
        ref={frame}
        src="/sandbox.html"
        sandbox="allow-scripts"
        referrerPolicy="no-referrer"
        loading="lazy"
        title={title}
        className={classes.frame}
        data-paper={(paper && scheme === 'dark') || undefined}
        style={{ height }}
      />
      {failure !== '' && <p className={classes.frameFailure}>{t('run.output.failed', { reason: failure })}</p>}
    </>
  );
}

/** Plotly's own default where the figure names no height. */
function firstHeight(content: sandbox.SandboxContent): number {
  if (content.kind !== 'plotly') return FIRST_HEIGHT[content.kind];
  const { layout } = content.figure as { layout?: { height?: unknown } };
  return typeof layout?.height === 'number' ? layout.height : FIRST_HEIGHT.plotly;
}
