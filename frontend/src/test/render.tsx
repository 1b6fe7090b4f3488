import { render, type RenderResult } from '@testing-library/react';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import { createMemoryRouter } from 'react-router';
import { App } from '@/app/App';
import { routes } from '@/app/routes';

interface Rendered extends RenderResult {
  user: UserEvent;
  /** Where the page is now, with its search. */
  location: () => string;
}

/** The whole dashboard at this address. */
export function renderRoute(path: string): Rendered {
  const router = createMemoryRouter(routes, { initialEntries: [path] });
  const user = userEvent.setup();
  const result = render(<App router={router} />);
  return { ...result, user, location: () => router.state.location.pathname + router.state.location.search };
}
