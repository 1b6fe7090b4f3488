import { MantineProvider } from '@mantine/core';
import { act, render, screen } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { beforeEach, expect, test, vi } from 'vitest';
import { fetched } from '@/app/fetched';
import { PageError } from '@/app/RouteError';
import { reload } from '@/lib/reload';
import type { LiveStatus } from '@/api/live';

const live = vi.hoisted(() => ({ status: 'connected', listeners: new Set<() => void>() }));

vi.mock('@/lib/reload', () => ({ reload: vi.fn() }));
vi.mock('@/api/live', () => ({
  currentStatus: () => live.status,
  onStatus: (listener: () => void) => {
    live.listeners.add(listener);
    return () => live.listeners.delete(listener);
  },
}));

const become = (status: LiveStatus) =>
  act(() => {
    live.status = status;
    for (const listener of live.listeners) listener();
  });

const show = async () => {
  const error: unknown = await fetched(() => Promise.reject(new Error('Unable to preload CSS for /assets/RunsPage.css'))).catch(
    (reason: unknown) => reason,
  );
  render(
    <MantineProvider>
      <MemoryRouter>
        <PageError error={error} />
      </MemoryRouter>
    </MantineProvider>,
  );
};

beforeEach(() => {
  vi.mocked(reload).mockClear();
  live.status = 'connected';
});

test('a page whose code did not come says so in plain words, and comes once the server is back', async () => {
  live.status = 'offline';
  await show();
  expect(screen.getByRole('alert')).toHaveTextContent(/could not be fetched from the server/);
  expect(screen.getByRole('alert')).not.toHaveTextContent(/CSS/);
  expect(reload).not.toHaveBeenCalled();
  become('reconnecting');
  become('connected');
  expect(reload).toHaveBeenCalledOnce();
});

test('a page whose code does not come though the server is there is not asked for without end', async () => {
  live.status = 'connecting';
  await show();
  become('connected');
  expect(reload).not.toHaveBeenCalled();
});
