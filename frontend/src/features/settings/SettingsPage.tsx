import { SegmentedControl, Select, useMantineColorScheme } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useId, useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorPanel } from '@/components/ErrorPanel';
import { PageHeader } from '@/components/PageHeader';
import * as preferences from '@/lib/preferences';
import { formatMinutes } from '@/lib/times';
import { useNow } from '@/lib/useNow';
import { LANGUAGES, speak } from '@/texts';
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
  const choose = useMutation({
    mutationFn: async (language: preferences.Preferences['language']) => {
      await speak(preferences.languageOf({ ...current, language }));
      return language;
    },
    onSuccess: (language) => preferences.set({ language }),
  });
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
