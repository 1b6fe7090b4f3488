import { useSyncExternalStore } from 'react';

/** The present moment in milliseconds, rounded down to and renewed every `everyMilliseconds`. */
export function useNow(everyMilliseconds: number): number {
  return useSyncExternalStore(
    (changed) => {
      const timer = setInterval(changed, everyMilliseconds);
      return () => clearInterval(timer);
    },
    () => Math.floor(Date.now() / everyMilliseconds) * everyMilliseconds,
  );
}
