import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const server = process.env.TASKDECK_SERVER ?? 'http://127.0.0.1:8000';

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  // The server puts a fresh nonce in place of this text in every page it sends.
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    outDir: '../server/taskdeck/web/static',
    emptyOutDir: true,
    target: 'es2023',
    // Inlined images would be data: URLs; fonts and scripts may not be.
    assetsInlineLimit: 0,
  },
  server: {
    proxy: {
      '/api': server,
      '/login': server,
      '/socket.io': { target: server, ws: true },
    },
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['src/test/setup.ts'],
    css: false,
    testTimeout: 30_000,
    env: { TZ: 'UTC' },
    restoreMocks: true,
    include: ['src/**/*.test.{ts,tsx}'],
  },
});
