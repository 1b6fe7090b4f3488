import { Autocomplete, Select, Skeleton, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as configurationApi from '@/api/configuration';
import type { Configuration } from '@/api/types';
import { ErrorPanel } from '@/components/ErrorPanel';
import { ChangeDrawer } from '@/features/configuration/ChangeDrawer';
import { ChangeForm } from '@/features/configuration/ChangeForm';
import { wanted, type WantedChange } from '@/features/configuration/usePlannedChange';
import classes from './configuration.module.css';

interface Values {
  repository: string;
  ref: string;
  directory: string;
  message: string;
}

/** An update from one of the repositories that the server's settings allow. */
export default function UpdateDrawer() {
  const { t } = useTranslation();
  const configuration = useQuery(configurationApi.configuration());
  const [wish, setWish] = useState<WantedChange | null>(null);
  const [edited, setEdited] = useState<Values | null>(null);
  const { data } = configuration;
  return (
    <ChangeDrawer title={t('configuration.actions.update')} wish={wish} onBack={() => setWish(null)}>
      {configuration.isPending && (
        <div className={classes.drawer} role="status" aria-busy="true" aria-label={t('configuration.loading')}>
          <Skeleton height={34} />
          <Skeleton height={34} mt={24} />
        </div>
      )}
      {configuration.isError && !data && (
        <div className={classes.drawer}>
          <ErrorPanel error={configuration.error} title={t('configuration.notLoaded')} onRetry={() => void configuration.refetch()} />
        </div>
      )}
      {data && (
        <UpdateForm
          configuration={data}
          values={edited ?? suggested(data)}
          onChange={setEdited}
          onPlan={(values) => setWish(wanted({ kind: 'update', ...values }))}
        />
      )}
    </ChangeDrawer>
  );
}

/** What the settings pull, else the first repository that they name in full. */
function suggested({ rules, pull }: Configuration): Values {
  const repository = pull?.repository ?? rules.repositories.find((each) => !isPattern(each)) ?? '';
  return { repository, ref: pull?.branch ?? '', directory: pull?.directory ?? '', message: '' };
}

/** It allows all that is below it. */
function isPattern(repository: string): boolean {
  return repository.endsWith('/*');
}

interface UpdateFormProps {
  configuration: Configuration;
  values: Values;
  onChange: (values: Values) => void;
  onPlan: (values: Values) => void;
}

function UpdateForm({ configuration: { rules, pull }, values, onChange, onPlan }: UpdateFormProps) {
  const { t } = useTranslation();
  const named = [...new Set([...(pull ? [pull.repository] : []), ...rules.repositories.filter((each) => !isPattern(each))])];
  const patterns = rules.repositories.filter(isPattern);
  const edit = (changes: Partial<Values>) => onChange({ ...values, ...changes });
  const label = t('configuration.form.repository');
  return (
    <ChangeForm
      message={values.message}
      onMessage={(message) => edit({ message })}
      isReady={values.repository !== ''}
      onPlan={() => onPlan(values)}
    >
      {patterns.length === 0 ? (
        <Select
          label={label}
          data={named}
          value={values.repository}
          allowDeselect={false}
          onChange={(repository) => edit({ repository: repository ?? '' })}
        />
      ) : (
        <Autocomplete
          label={label}
          description={t('configuration.form.repositoryHelp', { allowed: rules.repositories.join(', ') })}
          data={[...named, ...patterns.map((each) => each.slice(0, -1))]}
          value={values.repository}
          spellCheck={false}
          onChange={(repository) => edit({ repository })}
        />
      )}
      <TextInput
        label={t('configuration.form.ref')}
        description={
          rules.commit
            ? t('configuration.form.pinned', { commit: rules.commit.slice(0, 12) })
            : t(rules.signed_tags ? 'configuration.form.signed' : 'configuration.form.refHelp')
        }
        value={values.ref}
        maxLength={200}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => edit({ ref: event.currentTarget.value.trim() })}
      />
      <TextInput
        label={t('configuration.form.directory')}
        description={t('configuration.form.directoryHelp')}
        value={values.directory}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => edit({ directory: event.currentTarget.value })}
      />
    </ChangeForm>
  );
}
