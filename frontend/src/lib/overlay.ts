/**
 * Drawers that have an address of their own, and lie over the page they were opened from: a link to one carries that
 * page along in the history. Opened by its address alone, a drawer lies over the page one step above.
 */

import { createContext, useContext } from 'react';
import { useLocation, useNavigate, type Location } from 'react-router';

export interface OverlayState {
  background: Location;
}

/** The page that the drawer at this location was opened from; null where its address was typed in. */
export function openedFrom({ state }: Location): Location | null {
  const { background } = (state ?? {}) as Partial<OverlayState>;
  return typeof background?.pathname === 'string' ? background : null;
}

/** What lies behind a drawer at this location: "/tasks/SAMPLE" behind "/tasks/SAMPLE/run". */
export function beneath(location: Location): Location {
  return openedFrom(location) ?? { ...location, pathname: location.pathname.replace(/\/[^/]+\/*$/, '') || '/', search: '', hash: '', state: null };
}

/** For the `state` of a link, or of `navigate`, to a drawer: it opens over the page that shows the link. */
export function useOverlay(): OverlayState {
  const location = useLocation();
  return { background: openedFrom(location) ?? location };
}

/** Closes the drawer: back to where it was opened, with the history as it was before. */
export function useCloseOverlay(): () => void {
  const location = useLocation();
  const navigate = useNavigate();
  return () => void (openedFrom(location) ? navigate(-1) : navigate(beneath(location), { replace: true }));
}

/** Whether a drawer lies over the pages. */
export const Covered = createContext(false);

/** A page behind a drawer must leave the address alone: it is the drawer's. */
export function useIsCovered(): boolean {
  return useContext(Covered);
}
