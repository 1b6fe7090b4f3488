import '@testing-library/jest-dom/vitest';
import { cleanup, configure } from '@testing-library/react';
import { afterEach, beforeEach, expect, vi } from 'vitest';
// A component by itself has its texts, too.
import '@/texts';

afterEach(cleanup);

// A warning of a library, or of React about our use of it, fails the test that caused it.
const complaints: unknown[][] = [];
beforeEach(() => {
  complaints.length = 0;
  for (const level of ['error', 'warn'] as const) {
    vi.spyOn(console, level).mockImplementation((...said: unknown[]) => void complaints.push(said));
  }
});
afterEach(() => {
  expect(complaints.map((said) => said.map(String).join(' '))).toEqual([]);
});

// A busy machine loads a page's code in more than the second that is usual.
configure({ asyncUtilTimeout: 10_000 });

// What the component library asks of a browser and jsdom does not have.
Object.defineProperty(window, 'matchMedia', {
  // A test may have a phone.
  configurable: true,
  writable: true,
  value: (query: string) => ({
    matches: false,
    media: query,
    onchange: null,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    addListener: () => undefined,
    removeListener: () => undefined,
    dispatchEvent: () => false,
  }),
});

class NoResizeObserver implements ResizeObserver {
  observe() {
    // Nothing is laid out here.
  }
  unobserve() {
    // Nothing is laid out here.
  }
  disconnect() {
    // Nothing is laid out here.
  }
}
window.ResizeObserver = NoResizeObserver;
Object.defineProperty(document, 'fonts', { value: new EventTarget() });
Element.prototype.scrollIntoView = () => undefined;
Element.prototype.scrollTo = () => undefined;
Element.prototype.scrollBy = () => undefined;
window.scrollTo = () => undefined;

vi.mock('socket.io-client', async () => {
  const { openFakeSocket } = await import('@/test/socket');
  return { io: openFakeSocket };
});
