import { useLocalStorage } from '@mantine/hooks';
import { useLocation } from 'react-router';
import { useState } from 'react';
import { useIsCovered } from '@/lib/overlay';

export const STEPS = ['find', 'run', 'watch'] as const;
export type Step = (typeof STEPS)[number];

export interface TourState {
  /** Null: it is over, or was never begun. */
  step: Step | null;
  /** The entry of the navigation that the step is about. */
  place: 'tasks' | 'runs' | null;
  begin: () => void;
  end: () => void;
  goTo: (step: Step) => void;
}

/**
 * Where somebody is in the tour that this browser shows once.
 *
 * It follows what she does: who opens a form, or a run, needs no *Next*.
 */
export function useTour(): TourState {
  const [taken, setTaken] = useLocalStorage({ key: 'taskdeck-tour-taken', defaultValue: false, getInitialValueInEffect: false });
  const { pathname } = useLocation();
  // The only thing that lies over a page is the form of a run.
  const reached = useIsCovered() ? 'run' : stepAt(pathname);
  // Who came by a link to a run is told of what she sees.
  const [step, setStep] = useState<Step>(reached);
  const [seen, setSeen] = useState(reached);
  if (reached !== seen) {
    setSeen(reached);
    if (STEPS.indexOf(reached) > STEPS.indexOf(step)) setStep(reached);
  }
  const shown = taken ? null : step;
  return {
    step: shown,
    place: shown === null ? null : shown === 'watch' ? 'runs' : 'tasks',
    begin: () => {
      setStep('find');
      setTaken(false);
    },
    end: () => setTaken(true),
    goTo: setStep,
  };
}

function stepAt(pathname: string): Step {
  return /^\/runs\/\d+/.test(pathname) ? 'watch' : 'find';
}
