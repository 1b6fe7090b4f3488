// Sets the colours and the density before the first paint. A file of its own: the content security policy allows no
// inline script. The keys are those of App.tsx and of lib/preferences.ts.
(function () {
  var scheme = null;
  var density = null;
  try {
    scheme = localStorage.getItem('taskdeck-color-scheme');
    density = JSON.parse(localStorage.getItem('taskdeck-preferences') || '{}').density;
  } catch (denied) {
    // Storage is switched off, or holds something else: the usual is shown.
  }
  var dark = matchMedia('(prefers-color-scheme: dark)').matches;
  if (scheme !== 'light' && scheme !== 'dark') scheme = dark ? 'dark' : 'light';
  document.documentElement.setAttribute('data-mantine-color-scheme', scheme);
  document.documentElement.setAttribute('data-density', density === 'compact' ? 'compact' : 'comfortable');
})();
