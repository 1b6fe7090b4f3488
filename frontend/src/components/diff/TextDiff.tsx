import { Skeleton } from '@mantine/core';
import { Component, lazy, Suspense, type ReactNode } from 'react';
import { ErrorPanel } from '@/components/ErrorPanel';
import { t } from '@/texts';
import type { CodeDiffProps } from './CodeDiff';

const CodeDiff = lazy(() => import('./CodeDiff'));

const LINE_HEIGHT = 19;
const MAX_SKELETON = 240;

/** The differences of two texts; what draws them is loaded with the first one. */
export function TextDiff(props: CodeDiffProps) {
  const lines = Math.max(props.a.split('\n').length, props.b.split('\n').length);
  return (
    <Boundary>
      <Suspense fallback={<Skeleton height={Math.min(MAX_SKELETON, lines * LINE_HEIGHT + 10)} aria-label={t('components.diff.loading')} />}>
        <CodeDiff {...props} />
      </Suspense>
    </Boundary>
  );
}

/** A part that cannot be loaded does not take the page with it. */
class Boundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: null as unknown };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return <ErrorPanel error={this.state.error} title={t('components.diff.notLoaded')} />;
  }
}
