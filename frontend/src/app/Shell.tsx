import { ActionIcon, Tooltip } from '@mantine/core';
import { useDisclosure, useLocalStorage } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink, Outlet, useLocation, useNavigate } from 'react-router';
import * as queries from '@/api/queries';
import { onStarted } from '@/api/startedRuns';
import { ColorSchemeSwitch } from '@/app/ColorSchemeSwitch';
import { ConfigurationLine } from '@/app/ConfigurationLine';
import { fetched } from '@/app/fetched';
import { LiveBanner } from '@/app/LiveBanner';
import { Tour } from '@/app/Tour';
import { useTour } from '@/app/useTour';
import { ConfigurationIcon, ConnectionsIcon, HelpIcon, RunsIcon, SearchIcon, SettingsIcon, SidebarIcon, TasksIcon } from '@/components/icons';
import { Keys } from '@/components/Keys';
import { SidebarActions } from '@/features/tasks/SidebarActions';
import { whenIdle } from '@/lib/idle';
import * as paths from '@/lib/paths';
import * as preferences from '@/lib/preferences';
import { useChord, useShortcuts } from '@/lib/shortcuts';
import { useTypedAhead } from '@/lib/typedAhead';
import * as watchedRuns from '@/lib/watchedRuns';
import classes from './Shell.module.css';

const ShortcutHelp = lazy(async () => ({ default: (await import('@/app/ShortcutHelp')).ShortcutHelp }));
const loadPalette = () => fetched(() => import('@/features/palette/Palette'));
const Palette = lazy(loadPalette);
const Notices = lazy(() => import('@/features/notices/Notices'));

/** In the order of an analyst's day: what to run and what came of it, then what it needs. */
const PLACES = [
  { to: paths.tasks(), id: 'tasks', keys: 'g t', Icon: TasksIcon },
  { to: paths.runs(), id: 'runs', keys: 'g r', Icon: RunsIcon },
  { to: paths.connections(), id: 'connections', keys: 'g c', Icon: ConnectionsIcon },
  { to: paths.configuration(), id: 'configuration', keys: 'g f', Icon: ConfigurationIcon },
] as const;

/** Sidebar (at the bottom on a phone), banner and the page of the moment. */
export function Shell() {
  const { t } = useTranslation();
  const [collapsed, setCollapsed] = useLocalStorage({ key: 'taskdeck-sidebar-collapsed', defaultValue: false, getInitialValueInEffect: false });
  const [helpOpened, help] = useDisclosure(false);
  const [paletteOpened, palette] = useDisclosure(false);
  const [sought, setSought] = useState('');
  const navigate = useNavigate();
  const main = useMainFocus();
  const tour = useTour();
  const health = useQuery(queries.health());
  const navigation = useQuery(queries.navigation());
  const project = health.data?.project;
  const worker = health.data?.worker;
  const toggleSidebar = () => setCollapsed(!collapsed);
  const takeTour = () => {
    help.close();
    setCollapsed(false);
    void navigate(paths.tasks());
    tour.begin();
  };

  useShortcuts({
    'g t': () => void navigate(paths.tasks()),
    'g r': () => void navigate(paths.runs()),
    'g c': () => void navigate(paths.connections()),
    'g f': () => void navigate(paths.configuration()),
    'g s': () => void navigate(paths.settings()),
    '/': () => focusSearch() || void navigate(paths.tasks(), { state: { search: true } }),
    '[': toggleSidebar,
    '?': help.open,
  });
  const openPalette = () => {
    setSought('');
    palette.open();
  };
  useChord('Mod+k', paletteOpened ? palette.close : openPalette);
  useTypedAhead(paletteOpened, '[data-palette]', (text) => setSought((before) => before + text));
  // That it does not come is told when it is wanted.
  useEffect(() => whenDrawn(() => void loadPalette().catch(() => undefined)), []);
  useFreshAfterSignIn(health.data?.version !== undefined, health.isSuccess);

  return (
    <div className={classes.shell} data-collapsed={collapsed || undefined}>
      <a href="#main" className={classes.skip}>
        {t('app.skip')}
      </a>
      <header className={classes.side}>
        <div className={classes.brand}>
          <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true" className={classes.mark}>
            <rect width="32" height="32" rx="7" fill="currentColor" />
            <path d="M9 9.5v13l7-6.5z" fill="#fff" />
            <path d="M18 10h6M18 16h6M18 22h6" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" />
          </svg>
          <div className={classes.names}>
            <span className={classes.product}>{t('app.name')}</span>
            <span className={classes.project} title={project?.root}>
              {project?.name ?? ' '}
            </span>
          </div>
        </div>
        <Tooltip label={t('app.find.tooltip')} position="right" disabled={!collapsed}>
          <button type="button" className={classes.find} aria-keyshortcuts="Control+K Meta+K" onClick={openPalette}>
            <SearchIcon />
            <span className={classes.findName}>{t('app.find.name')}</span>
            <span className={classes.findKeys} aria-hidden="true">
              <Keys keys="Mod+k" />
            </span>
          </button>
        </Tooltip>
        <nav aria-label={t('app.navigation')} className={classes.nav}>
          {PLACES.map(({ to, id, keys, Icon }) => (
            <Tooltip key={to} label={t(`app.places.${id}`)} position="right" disabled={!collapsed}>
              <NavLink to={to} className={classes.place ?? ''} aria-keyshortcuts={keys} data-place={id} data-tour={id === tour.place || undefined}>
                <Icon />
                <span className={classes.placeName}>{t(`app.places.${id}`)}</span>
                {id === 'runs' && worker && worker.running + worker.queued > 0 && (
                  <span className={classes.count} title={t('app.activeRuns', { running: worker.running, queued: worker.queued })}>
                    {worker.running + worker.queued}
                    <span className={classes.hidden}> {t('app.runningOrQueued')}</span>
                  </span>
                )}
              </NavLink>
            </Tooltip>
          ))}
          <SidebarActions place="sidebar" collapsed={collapsed} />
        </nav>
        {tour.step !== null && <Tour {...tour} step={tour.step} isWaiting={!navigation.isFetched} />}
        <ConfigurationLine />
        <div className={classes.tools}>
          <div className={classes.desktopOnly}>
            <ColorSchemeSwitch />
          </div>
          <div className={classes.desktopOnly}>
            <Tooltip label={t('app.shortcuts.tooltip')} position="right">
              <ActionIcon aria-label={t('app.shortcuts.title')} onClick={help.open}>
                <HelpIcon />
              </ActionIcon>
            </Tooltip>
          </div>
          <Tooltip label={t('app.places.settings')} position="right">
            <NavLink to={paths.settings()} className={classes.tool ?? ''} aria-keyshortcuts="g s">
              <SettingsIcon />
              <span className={classes.toolName}>{t('app.places.settings')}</span>
            </NavLink>
          </Tooltip>
          <div className={`${classes.desktopOnly ?? ''} ${classes.collapse ?? ''}`}>
            <Tooltip label={t(collapsed ? 'app.sidebar.expand' : 'app.sidebar.collapse')} position="right">
              <ActionIcon
                aria-label={t(collapsed ? 'app.sidebar.expand' : 'app.sidebar.collapse')}
                aria-expanded={!collapsed}
                aria-keyshortcuts="["
                onClick={toggleSidebar}
              >
                <SidebarIcon />
              </ActionIcon>
            </Tooltip>
          </div>
        </div>
      </header>
      <div className={classes.content}>
        <LiveBanner health={health.data} />
        <main id="main" tabIndex={-1} className={classes.main} ref={main}>
          <Outlet />
        </main>
      </div>
      <Suspense fallback={null}>
        {helpOpened && <ShortcutHelp opened onClose={help.close} onTour={takeTour} />}
        {paletteOpened && <Palette query={sought} onQuery={setSought} onClose={palette.close} onHelp={help.open} onTour={takeTour} onSidebar={toggleSidebar} />}
      </Suspense>
      <WatchedRuns />
    </div>
  );
}

/** Tells when runs have ended; loaded once there is one to tell of. */
function WatchedRuns() {
  const { watched, ended } = watchedRuns.useWatchedRuns();
  const [needed, setNeeded] = useState(false);
  if (!needed && watched.length + ended.length > 0) setNeeded(true);
  useEffect(
    () =>
      onStarted((run) => {
        if (preferences.get().notifyOwnRuns) watchedRuns.watch(run.id);
      }),
    [],
  );
  return <Suspense fallback={null}>{needed && <Notices />}</Suspense>;
}

/** What was refused while nobody was signed in is asked for again. */
function useFreshAfterSignIn(isSignedIn: boolean, isKnown: boolean) {
  const queryClient = useQueryClient();
  const wasSignedOut = useRef(false);
  useEffect(() => {
    if (!isKnown) return;
    if (isSignedIn && wasSignedOut.current) void queryClient.invalidateQueries();
    wasSignedOut.current = !isSignedIn;
  }, [isSignedIn, isKnown, queryClient]);
}

const LOOK_AGAIN_MILLISECONDS = 500;

/** Once the page shows what it is for, and the browser has nothing else to do. */
function whenDrawn(work: () => void): () => void {
  const look = () => {
    if (document.querySelector('[aria-busy="true"]')) wait();
    else callOff = whenIdle(work, LOOK_AGAIN_MILLISECONDS * 10);
  };
  const wait = () => {
    const timer = setTimeout(look, LOOK_AGAIN_MILLISECONDS);
    callOff = () => clearTimeout(timer);
  };
  let callOff: () => void;
  wait();
  return () => callOff();
}

/** Puts the cursor into the search field of the page, if it has one. */
function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>('main input[type="search"]');
  field?.focus();
  field?.select();
  return field !== null;
}

/** On another page, reading and scrolling begin at its top. */
function useMainFocus() {
  const main = useRef<HTMLElement>(null);
  const place = useLocation().pathname.split('/')[1];
  const shown = useRef(place);
  useEffect(() => {
    if (shown.current === place) return;
    shown.current = place;
    main.current?.scrollTo(0, 0);
    // A page that knows better, of a search that was asked for, has put the cursor there by now.
    if (!main.current?.contains(document.activeElement)) main.current?.focus({ preventScroll: true });
  }, [place]);
  return main;
}
