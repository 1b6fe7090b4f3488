import '@/app/global.css';
import '@/app/componentStyles';
import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter } from 'react-router';
import { App } from '@/app/App';
import { nonce } from '@/app/nonce';
import { routes } from '@/app/routes';
import * as preferences from '@/lib/preferences';

// The library that locks scrolling behind a drawer writes a style element of its own.
setNonce(nonce());

const root = document.getElementById('root');
if (!root) throw new Error('The page has no element "root".');
// In another language than English, its texts come first: the page would change under the reader's eyes.
await preferences.begin();
createRoot(root).render(
  <StrictMode>
    <App router={createBrowserRouter(routes)} />
  </StrictMode>,
);
