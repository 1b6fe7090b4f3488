import { Button, SegmentedControl, Select, Switch, useMantineColorScheme } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useId, useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Dialog } from '@/components/Dialog';
import { ErrorPanel } from '@/components/ErrorPanel';
import { PageHeader } from '@/components/PageHeader';
import * as permission from '@/lib/notificationPermission';
import * as paths from '@/lib/paths';
import * as preferences from '@/lib/preferences';
import { formatMinutes } from '@/lib/times';
import { useNow } from '@/lib/useNow';
import { LANGUAGES } from '@/texts';
import classes from './SettingsPage.module.css';

const SCHEMES = ['auto', 'light', 'dark'] as const;

/** How the dashboard looks and speaks to this viewer. Each choice is seen at once; there is nothing to save. */
export default function SettingsPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeader title={t('settings.title')} />
      <div className={classes.page}>
        <p className={classes.scope}>{t('settings.scope')}</p>
        <Look />
        <Density />
        <TimeZone />
        <Language />
        <Notifications />
        <Reset />
        <Link to={paths.configuration()}>{t('settings.configuration')}</Link>
      </div>
    </>
  );
}

function Look() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Choice
      label={t('settings.look.label')}
      value={colorScheme}
      choices={SCHEMES.map((value) => ({ value, label: t(`settings.look.${value}`) }))}
      onChange={setColorScheme}
    />
  );
}

function Density() {
  const { t } = useTranslation();
  const { density } = preferences.usePreferences();
  return (
    <Choice
      label={t('settings.density.label')}
      help={t('settings.density.help')}
      value={density}
      choices={preferences.DENSITIES.map((value) => ({ value, label: t(`settings.density.${value}`) }))}
      onChange={(chosen) => preferences.set({ density: chosen })}
    />
  );
}

function TimeZone() {
  const { t } = useTranslation();
  const { timeZone } = preferences.usePreferences();
  const now = useNow(1000);
  const own = t('settings.timeZone.browser', { zone: Intl.DateTimeFormat().resolvedOptions().timeZone });
  const choices = useMemo(() => {
    const zones = new Set(['UTC', ...Intl.supportedValuesOf('timeZone')]);
    // One that was chosen in another browser's words stays a choice.
    if (timeZone !== preferences.BROWSER_ZONE) zones.add(timeZone);
    return [
      { value: preferences.BROWSER_ZONE, label: own },
      ...[...zones].map((value) => ({ value, label: value.replaceAll('_', ' ') })),
    ];
  }, [own, timeZone]);
  return (
    <Select
      label={t('settings.timeZone.label')}
      classNames={{ label: classes.label ?? '' }}
      description={t('settings.timeZone.help', { time: formatMinutes(new Date(now)) })}
      className={classes.select}
      data={choices}
      value={timeZone}
      searchable
      allowDeselect={false}
      openOnFocus={false}
      nothingFoundMessage={t('settings.timeZone.nothing')}
      onChange={(chosen) => chosen !== null && preferences.set({ timeZone: chosen })}
    />
  );
}

function Language() {
  const { t } = useTranslation();
  const current = preferences.usePreferences();
  const choose = useMutation({ mutationFn: preferences.chooseLanguage });
  return (
    <>
      <Choice
        label={t('settings.language.label')}
        help={t('settings.language.help')}
        value={current.language}
        choices={(['system', ...LANGUAGES] as const).map((value) => ({ value, label: t(`settings.language.${value}`) }))}
        onChange={(language) => choose.mutate(language)}
      />
      {choose.isError && <ErrorPanel error={choose.error} title={t('settings.language.notLoaded')} />}
    </>
  );
}

/** The browser is asked when this is switched on, and not before. */
function Notifications() {
  const { t } = useTranslation();
  const { notifyOwnRuns } = preferences.usePreferences();
  const allowed = permission.useNotificationPermission();
  return (
    <div>
      <div className={classes.label}>{t('settings.notifications.label')}</div>
      <p className={classes.help}>{t(`settings.notifications.${allowed}`)}</p>
      <Switch
        label={t('settings.notifications.ownRuns')}
        checked={notifyOwnRuns}
        onChange={(event) => {
          const wanted = event.currentTarget.checked;
          preferences.set({ notifyOwnRuns: wanted });
          if (wanted) void permission.ask();
        }}
      />
    </div>
  );
}

function Reset() {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const [asked, setAsked] = useState(false);
  const reset = useMutation({
    mutationFn: async () => {
      await preferences.chooseLanguage(preferences.DEFAULTS.language);
      preferences.set(preferences.DEFAULTS);
      setColorScheme('auto');
    },
    onSuccess: () => setAsked(false),
  });
  return (
    <div>
      <Button variant="default" onClick={() => setAsked(true)}>
        {t('settings.reset.action')}
      </Button>
      <Dialog
        opened={asked}
        onClose={() => setAsked(false)}
        title={t('settings.reset.title')}
        actions={
          <>
            <Button variant="default" onClick={() => setAsked(false)}>
              {t('settings.reset.keep')}
            </Button>
            <Button data-autofocus loading={reset.isPending} onClick={() => reset.mutate()}>
              {t('settings.reset.confirm')}
            </Button>
          </>
        }
      >
        {t('settings.reset.text')}
        {reset.isError && <ErrorPanel error={reset.error} title={t('settings.language.notLoaded')} />}
      </Dialog>
    </div>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  help?: string;
  value: T;
  choices: { value: T; label: string }[];
  onChange: (value: T) => void;
}

/** One of a few, all of them in view. */
function Choice<T extends string>({ label, help, value, choices, onChange }: ChoiceProps<T>): ReactNode {
  const id = useId();
  return (
    <div>
      <div id={id} className={classes.label}>
        {label}
      </div>
      {help && <p className={classes.help}>{help}</p>}
      <SegmentedControl aria-labelledby={id} size="sm" data={choices} value={value} onChange={onChange} />
    </div>
  );
}
