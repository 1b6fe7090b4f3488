import { Component, type ReactNode } from 'react';
import { useLocation } from 'react-router';
import { PageError } from '@/app/RouteError';

/** Where a page broke, another one can be opened: the rest of the screen keeps working. */
export function PageBoundary({ children }: { children: ReactNode }) {
  const { pathname } = useLocation();
  return <Boundary place={pathname}>{children}</Boundary>;
}

interface BoundaryProps {
  place: string;
  children: ReactNode;
}

interface BoundaryState {
  place: string;
  failure: { error: unknown } | null;
}

class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { place: this.props.place, failure: null };

  static getDerivedStateFromError(error: unknown): Partial<BoundaryState> {
    return { failure: { error } };
  }

  static getDerivedStateFromProps({ place }: BoundaryProps, state: BoundaryState): Partial<BoundaryState> | null {
    return place === state.place ? null : { place, failure: null };
  }

  override render() {
    return this.state.failure ? <PageError error={this.state.failure.error} /> : this.props.children;
  }
}
