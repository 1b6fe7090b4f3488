import { useEffect, useState } from 'react';

/**
 * When what was opened goes, the keyboard goes on where it was before. The component library does this only for what
 * stays mounted.
 */
export function useFocusReturn({ enabled = true } = {}): void {
  const [before] = useState(() => (enabled ? document.activeElement : null));
  useEffect(
    () => () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    },
    [before],
  );
}
