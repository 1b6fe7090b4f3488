import { ActionIcon, Tooltip } from '@mantine/core';
import { useDisclosure, useLocalStorage } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink, Outlet, useLocation, useNavigate } from 'react-router';
import * as queries from '@/api/queries';
import { ColorSchemeSwitch } from '@/app/ColorSchemeSwitch';
import { LiveBanner } from '@/app/LiveBanner';
import { ShortcutHelp } from '@/app/ShortcutHelp';
import { ConnectionsIcon, HelpIcon, RunsIcon, SettingsIcon, SidebarIcon, TasksIcon } from '@/components/icons';
import * as paths from '@/lib/paths';
import { useShortcuts } from '@/lib/shortcuts';
import classes from './Shell.module.css';

const PLACES = [
  { to: paths.tasks(), id: 'tasks', keys: 'g t', Icon: TasksIcon },
  { to: paths.runs(), id: 'runs', keys: 'g r', Icon: RunsIcon },
  { to: paths.connections(), id: 'connections', keys: 'g c', Icon: ConnectionsIcon },
] as const;

/** Sidebar, banner and the page of the moment. */
export function Shell() {
  const { t } = useTranslation();
  const [collapsed, setCollapsed] = useLocalStorage({ key: 'taskdeck-sidebar-collapsed', defaultValue: false, getInitialValueInEffect: false });
  const [helpOpened, help] = useDisclosure(false);
  const navigate = useNavigate();
  const main = useMainFocus();
  const health = useQuery(queries.health());
  const project = health.data?.project;
  const worker = health.data?.worker;

  useShortcuts({
    'g t': () => void navigate(paths.tasks()),
    'g r': () => void navigate(paths.runs()),
    'g c': () => void navigate(paths.connections()),
    '/': () => focusSearch() || void navigate(paths.tasks(), { state: { search: true } }),
    '?': help.open,
  });

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
        <nav aria-label={t('app.navigation')} className={classes.nav}>
          {PLACES.map(({ to, id, keys, Icon }) => (
            <Tooltip key={to} label={t(`app.places.${id}`)} position="right" disabled={!collapsed}>
              <NavLink to={to} className={classes.place ?? ''} aria-keyshortcuts={keys}>
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
        </nav>
        <div className={classes.tools}>
          <ColorSchemeSwitch />
          <Tooltip label={t('app.shortcuts.tooltip')} position="right">
            <ActionIcon aria-label={t('app.shortcuts.title')} onClick={help.open}>
              <HelpIcon />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={t('app.places.settings')} position="right">
            <ActionIcon component={NavLink} to={paths.settings()} aria-label={t('app.places.settings')}>
              <SettingsIcon />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={t(collapsed ? 'app.sidebar.expand' : 'app.sidebar.collapse')} position="right">
            <ActionIcon
              className={classes.collapse}
              aria-label={t(collapsed ? 'app.sidebar.expand' : 'app.sidebar.collapse')}
              aria-expanded={!collapsed}
              onClick={() => setCollapsed(!collapsed)}
            >
              <SidebarIcon />
            </ActionIcon>
          </Tooltip>
        </div>
      </header>
      <div className={classes.content}>
        <LiveBanner worker={worker} />
        <main id="main" tabIndex={-1} className={classes.main} ref={main}>
          <Outlet />
        </main>
      </div>
      <ShortcutHelp opened={helpOpened} onClose={help.close} />
    </div>
  );
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
    main.current?.focus({ preventScroll: true });
  }, [place]);
  return main;
}
