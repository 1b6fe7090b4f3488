import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Markdown } from '@/components/Markdown';

test('shows what the author marked', () => {
  render(<Markdown text={'Reads the **whole** file.\n\n- one\n- two'} />);
  expect(screen.getByText('whole').tagName).toBe('STRONG');
  expect(screen.getAllByRole('listitem')).toHaveLength(2);
});

test.each([
  '<script>alert(1)</script>',
  '<img src=x onerror="alert(1)">',
  '[press](javascript:alert(1))',
  '<p style="position:fixed">over everything</p>',
  '<form action="/login"><input name="token"></form>',
  '<iframe src="https://example.org"></iframe>',
])('takes out what could act or disguise itself: %s', (text) => {
  const { container } = render(<Markdown text={text} />);
  expect(container.innerHTML).not.toMatch(/<script|onerror|javascript:|style=|<form|<input|<iframe/i);
});

test('opens another site beside this one, and tells it nothing', () => {
  render(<Markdown text="[WHO](https://www.who.int)" />);
  const link = screen.getByRole('link', { name: 'WHO' });
  expect(link).toHaveAttribute('target', '_blank');
  expect(link).toHaveAttribute('rel', 'noopener noreferrer');
});
