import { useContext, useEffect, useState } from 'react';
import { UNSAFE_DataRouterContext, useLocation, useSearchParams } from 'react-router';

const PAUSE_MILLISECONDS = 200;

/**
 * What is typed into a search field, and kept in the address under `name` at the next pause: each key would be a
 * navigation, and a field that waits for those loses letters.
 */
export function useSearchText(name: string): [text: string, setText: (text: string) => void] {
  const [search, setSearch] = useSearchParams();
  const { pathname } = useLocation();
  const router = useContext(UNSAFE_DataRouterContext)?.router;
  const kept = search.get(name) ?? '';
  const [typed, setTyped] = useState({ text: kept, seen: kept, sent: kept });

  // Another address than the one that was sent there: a link, or the browser's own Back.
  if (kept !== typed.seen) setTyped({ ...typed, seen: kept, text: kept === typed.sent ? typed.text : kept });

  const { text, sent } = typed;
  useEffect(() => {
    if (text === sent) return undefined;
    const timer = setTimeout(() => {
      // A drawer lies over the page, or another page is on its way: the address is theirs. Hooks know of it only later.
      if (router?.state.location.pathname !== pathname) return;
      setTyped((before) => ({ ...before, sent: text }));
      setSearch(
        (before) => {
          if (text) before.set(name, text);
          else before.delete(name);
          return before;
        },
        { replace: true },
      );
    }, PAUSE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [text, sent, name, pathname, router, setSearch]);

  return [text, (next) => setTyped((before) => ({ ...before, text: next }))];
}
