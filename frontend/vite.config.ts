import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { checkedStyles, packed, places } from './vite.plugins.ts';

const server = process.env.TASKDECK_SERVER ?? 'http://127.0.0.1:8000';

/** What the frame around the pages asks for. */
const FRAME = ['/api/health', '/api/navigation'];

export default defineConfig({
  plugins: [
    react(),
    checkedStyles(),
    packed(),
    places([
      { path: '/(?:tasks/?)?', modules: [], data: [...FRAME, '/api/tasks'] },
      { path: '/tasks/([^/]+)', modules: ['/src/features/tasks/TaskPage.tsx'], data: [...FRAME, '/api/tasks/\\1'] },
      { path: '/runs/?', modules: ['/src/features/runs/RunsPage.tsx'], data: [...FRAME, '/api/runs?limit=50'] },
      {
        path: '/runs/(\\d+)',
        modules: ['/src/features/run/RunPage.tsx', '/socket.io-client/build/esm/index.js'],
        data: [...FRAME, '/api/runs/\\1'],
      },
    ]),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  // The server puts a fresh nonce in place of this text in every page it sends.
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    outDir: '../server/taskdeck/web/static',
    emptyOutDir: true,
    target: 'es2023',
    // Inlined images would be data: URLs; fonts and scripts may not be.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // All that the first page needs is one file: on a slow network, each of fifty would cost a round trip.
        codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] },
      },
    },
    // The first file is larger than half a megabyte before it is packed, and has to be.
    chunkSizeWarningLimit: 700,
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
    // By itself it leaves one core to whoever watches.
    maxWorkers: '100%',
    env: { TZ: 'UTC' },
    restoreMocks: true,
    include: ['src/**/*.test.{ts,tsx}'],
  },
});
