import { ActionIcon, Button, Popover, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { CloseIcon } from '@/components/icons';
import { Strip } from '@/components/Strip';
import { fromSearch, isFiltered, isSame, toSearch, type RunListView } from './filters';
import * as views from './views';
import classes from './ViewTabs.module.css';

/** Filters with a name, one press away; the present ones can be kept under a name. */
export function ViewTabs({ view }: { view: RunListView }) {
  const { t } = useTranslation();
  const saved = views.useSavedViews();
  const all = [
    ...views.STANDARD_VIEWS.map(({ id, search }) => ({ key: `standard-${id}`, name: t(`runs.views.${id}`), search, own: false })),
    ...saved.map(({ name, search }) => ({ key: `saved-${name}`, name, search, own: true })),
  ];
  const parsed = all.map((each) => ({ ...each, current: isSame(fromSearch(new URLSearchParams(each.search)), view) }));
  const isNew = !parsed.some(({ current }) => current) && (isFiltered(view) || view.columns.length > 0);
  return (
    <nav className={classes.bar} aria-label={t('runs.views.label')}>
      <Strip current={parsed.find(({ current }) => current)?.key}>
        <ul className={classes.views}>
          {parsed.map(({ key, name, search, own, current }) => (
            <li key={key} className={classes.view} data-current={current || undefined}>
              <Link to={{ search }} replace className={classes.link} aria-current={current ? 'page' : undefined}>
                {name}
              </Link>
              {own && current && (
                <ActionIcon size="xs" aria-label={t('runs.views.forget', { name })} onClick={() => views.remove(name)}>
                  <CloseIcon size={11} />
                </ActionIcon>
              )}
            </li>
          ))}
        </ul>
      </Strip>
      {isNew && saved.length < views.MAX_VIEWS && <SaveView view={view} names={saved.map(({ name }) => name)} />}
    </nav>
  );
}

function SaveView({ view, names }: { view: RunListView; names: readonly string[] }) {
  const { t } = useTranslation();
  const [opened, { toggle, close }] = useDisclosure(false);
  const [name, setName] = useState('');
  const isKnown = names.includes(name.trim());
  return (
    <Popover
      opened={opened}
      onDismiss={close}
      onClose={close}
      position="bottom-start"
      shadow="md"
      trapFocus
      returnFocus
      withinPortal={false}
      transitionProps={{ duration: 100 }}
    >
      <Popover.Target>
        <Button variant="subtle" size="compact-sm" onClick={toggle}>
          {t('runs.views.save')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('runs.views.save')}>
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() === '') return;
            views.save({ name: name.trim(), search: toSearch(view).toString() });
            close();
          }}
        >
          <TextInput
            data-autofocus
            label={t('runs.views.name')}
            description={isKnown ? t('runs.views.replaces') : t('runs.views.kept')}
            maxLength={60}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" size="xs" disabled={name.trim() === ''}>
            {t(isKnown ? 'runs.views.replace' : 'runs.views.keep')}
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
