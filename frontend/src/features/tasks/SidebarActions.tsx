import { Tooltip } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createElement, lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import * as queries from '@/api/queries';
import type { NavigationItem } from '@/api/types';
import { ChevronDownIcon, ChevronRightIcon, FolderIcon } from '@/components/icons';
import { Strip } from '@/components/Strip';
import { actionIcon } from '@/features/tasks/actionIcons';
import { leaves, offered } from '@/features/tasks/actions';
import { useOverlay } from '@/lib/overlay';
import * as paths from '@/lib/paths';
import classes from './SidebarActions.module.css';

const ActionDialog = lazy(() => import('@/features/tasks/ActionDialog'));

/** Where the sidebar is a bar, and has no room for them. */
const PHONE = '(max-width: 640px)';

interface SidebarActionsProps {
  /** Icons only. */
  collapsed?: boolean;
  /** Beside the places of the dashboard, or, where there is no sidebar, on the page of tasks. */
  place: 'sidebar' | 'page';
}

/** What the project's authors put forward for every day: tasks to run at one click and one question. */
export function SidebarActions({ collapsed = false, place }: SidebarActionsProps) {
  const { t } = useTranslation();
  const { data } = useQuery(queries.navigation());
  const [asked, setAsked] = useState<NavigationItem | null>(null);
  const choose = useChoice(setAsked);
  const items = offered(data?.items ?? []);
  const isPhone = useMediaQuery(PHONE, false, { getInitialValueInEffect: false });
  if (isPhone !== (place === 'page')) return null;
  if (items.length === 0) return null;
  const header = data?.header ?? '';
  return (
    <section className={classes.actions} data-place={place} aria-label={header || t('tasks.actions.label')}>
      {place === 'page' ? (
        <ActionRow items={items} onChoose={choose} />
      ) : (
        <>
          {!collapsed && <p className={classes.header}>{header || t('tasks.actions.label')}</p>}
          <ActionList items={items} collapsed={collapsed} onChoose={choose} />
        </>
      )}
      {asked && (
        <Suspense fallback={null}>
          <ActionDialog item={asked} onClose={() => setAsked(null)} />
        </Suspense>
      )}
    </section>
  );
}

/** Where the author asks nothing of his own and the task asks for values, its form is question enough. */
function useChoice(ask: (item: NavigationItem) => void): (item: NavigationItem) => void {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const overlay = useOverlay();
  return (item) => {
    const id = item.task;
    if (id === null || item.prompt) {
      ask(item);
      return;
    }
    queryClient.query({ ...queries.task(id), staleTime: 60_000 }).then(
      (task) => {
        if (task.parameters.some((parameter) => parameter.prompt && !parameter.protected)) {
          void navigate(paths.taskRun(id), { state: overlay });
        } else ask(item);
      },
      // The question is asked all the same; what is wrong is told when the run is started.
      () => ask(item),
    );
  };
}

/** One line that scrolls sideways: however many there are, the tasks stay where they are. */
function ActionRow({ items, onChoose }: Pick<ActionListProps, 'items' | 'onChoose'>) {
  return (
    <Strip>
      <ul className={classes.line}>
        {leaves(items).map(({ item, groups }, index) => (
          <li key={index}>
            <button type="button" className={classes.chip} onClick={() => onChoose(item)}>
              {createElement(actionIcon(item.icon))}
              {groups.length > 0 && <span className={classes.groups}>{groups.join(' · ')}</span>} {item.title}
            </button>
          </li>
        ))}
      </ul>
    </Strip>
  );
}

interface ActionListProps {
  items: NavigationItem[];
  collapsed: boolean;
  onChoose: (item: NavigationItem) => void;
}

function ActionList({ items, collapsed, onChoose }: ActionListProps) {
  return (
    <ul className={classes.list}>
      {items.map((item, index) => (
        <li key={index}>
          {item.items.length > 0 ? (
            <Group item={item} collapsed={collapsed} onChoose={onChoose} />
          ) : (
            <Action item={item} collapsed={collapsed} onChoose={onChoose} />
          )}
        </li>
      ))}
    </ul>
  );
}

interface ActionProps {
  item: NavigationItem;
  collapsed: boolean;
  onChoose: (item: NavigationItem) => void;
}

function Action({ item, collapsed, onChoose }: ActionProps) {
  return (
    <Tooltip label={item.title} position="right" disabled={!collapsed}>
      <button type="button" className={classes.action} data-collapsed={collapsed || undefined} onClick={() => onChoose(item)}>
        {createElement(actionIcon(item.icon))}
        <span className={classes.title}>{item.title}</span>
      </button>
    </Tooltip>
  );
}

function Group({ item, collapsed, onChoose }: ActionProps) {
  const [opened, { toggle }] = useDisclosure(true);
  const own = item.task === null ? [] : [{ ...item, items: [] }];
  const list = <ActionList items={[...own, ...item.items]} collapsed={collapsed} onChoose={onChoose} />;
  if (collapsed) return list;
  return (
    <>
      <button type="button" className={classes.action} aria-expanded={opened} onClick={toggle}>
        {createElement(item.icon ? actionIcon(item.icon) : FolderIcon)}
        <span className={classes.title}>{item.title}</span>
        {opened ? <ChevronDownIcon size={14} /> : <ChevronRightIcon size={14} />}
      </button>
      {opened && <div className={classes.nested}>{list}</div>}
    </>
  );
}
