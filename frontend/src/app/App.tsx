import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { RouterProvider, type createBrowserRouter } from 'react-router';
import { connectCache } from '@/api/live';
import { nonce } from '@/app/nonce';
import { createQueryClient } from '@/app/queryClient';
import { cssVariables, theme } from '@/app/theme';

// The same key as in public/first-paint.js.
const colorSchemes = localStorageColorSchemeManager({ key: 'taskdeck-color-scheme' });

export function App({ router }: { router: ReturnType<typeof createBrowserRouter> }) {
  const [queryClient] = useState(createQueryClient);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorSchemes}
      defaultColorScheme="auto"
      getStyleNonce={nonce}
    >
      <QueryClientProvider client={queryClient}>
        <LiveCache queryClient={queryClient} />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}

function LiveCache({ queryClient }: { queryClient: QueryClient }) {
  useEffect(() => connectCache(queryClient), [queryClient]);
  return null;
}
