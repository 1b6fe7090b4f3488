import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test, vi } from 'vitest';
import { NotifyWhenEnded } from '@/components/NotifyWhenEnded';

const ask = vi.fn(() => Promise.resolve('granted'));

beforeEach(() => {
  localStorage.clear();
  ask.mockClear();
  vi.stubGlobal('Notification', { permission: 'default', requestPermission: ask });
});

const show = (status: 'running' | 'succeeded') =>
  render(
    <MantineProvider>
      <NotifyWhenEnded run={{ id: 812, status }} />
    </MantineProvider>,
  );

test('the browser is asked when the button is pressed, and not before', async () => {
  show('running');
  expect(ask).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole('button', { name: 'Tell me when it ends', pressed: false }));
  expect(ask).toHaveBeenCalledOnce();
  expect(screen.getByRole('button', { name: 'Tell me when it ends', pressed: true })).toBeVisible();
});

test('pressed again, nobody is told', async () => {
  show('running');
  await userEvent.click(screen.getByRole('button'));
  await userEvent.click(screen.getByRole('button'));
  expect(screen.getByRole('button', { pressed: false })).toBeVisible();
  expect(localStorage.getItem('taskdeck-watched-runs')).toBe('{"watched":[],"ended":[]}');
});

test('of a run that has ended there is nothing to wait for', () => {
  show('succeeded');
  expect(screen.queryByRole('button')).not.toBeInTheDocument();
});
