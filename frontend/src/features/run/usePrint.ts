import { useEffect, useEffectEvent } from 'react';
import { useLocation, useNavigate } from 'react-router';

const PRINT_AFTER_MS = 800;

/** Who asked for paper gets the browser's print when the report is there. */
export function usePrint(ready: boolean) {
  const location = useLocation();
  const navigate = useNavigate();
  const wanted = (location.state as { print?: boolean } | null)?.print === true;
  const print = useEffectEvent(() => {
    // Going back to this page later must not print again.
    void navigate({ search: location.search }, { replace: true, state: null });
    window.print();
  });
  useEffect(() => {
    if (!ready || !wanted) return undefined;
    // When formulas, pictures and frames have been drawn once.
    const timer = setTimeout(() => print(), PRINT_AFTER_MS);
    return () => clearTimeout(timer);
  }, [ready, wanted]);
}
