import { Button, Radio, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as queries from '@/api/queries';
import type { TimeFilter } from '@/api/runFilter';
import type { Parameter } from '@/api/types';
import { ChoiceFilter, FilterButton } from '@/components/ChoiceFilter';
import { FilterIcon } from '@/components/icons';
import { SearchField } from '@/components/SearchField';
import { StatusIcon } from '@/components/StatusIcon';
import { Toggle } from '@/components/Toggle';
import { statusName, STATUSES } from '@/lib/statuses';
import { formatTime } from '@/lib/times';
import { fromWallTime, wallTime } from '@/lib/wallTime';
import { EVERYTHING, isFiltered, SPANS, TRIGGERS, type RunListView } from './filters';
import classes from './FilterBar.module.css';

interface FilterBarProps {
  view: RunListView;
  onChange: (changes: Partial<RunListView>) => void;
  /** Of the one task that is filtered for; `null` when there is not exactly one. */
  parameters: readonly Parameter[] | null;
}

/** What is listed, and as which columns. On a phone all but the words is behind a button. */
export function FilterBar({ view, onChange, parameters }: FilterBarProps) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const tasks = useQuery(queries.tasks());
  const choices = (tasks.data?.tasks ?? []).map((task) => ({ value: task.id, label: task.name }));
  // A task that was removed still has runs.
  for (const id of view.tasks) if (!choices.some(({ value }) => value === id)) choices.push({ value: id, label: id });
  const count = [view.tasks, view.statuses, view.triggers, view.columns].filter(({ length }) => length > 0).length + (view.time ? 1 : 0);
  return (
    <div className={classes.filters} role="search" aria-label={t('runs.filters.label')} data-opened={opened || undefined}>
      <SearchField label={t('runs.filters.words')} value={view.words} onChange={(words) => onChange({ words })} />
      <div className={classes.more}>
        <Toggle pressed={opened} onChange={setOpened}>
          <span className={classes.moreLabel} data-chosen={count > 0 || undefined}>
            <FilterIcon size={13} />
            {count === 0 ? t('runs.filters.more') : t('runs.filters.chosen', { count })}
          </span>
        </Toggle>
      </div>
      <div className={classes.choices}>
        <ChoiceFilter
          label={t('runs.filters.task')}
          choices={choices}
          chosen={view.tasks}
          onChange={(chosen) => onChange({ tasks: chosen, columns: [] })}
          nothing={t('runs.filters.noSuchTask')}
        />
        <ChoiceFilter
          label={t('runs.filters.status')}
          choices={STATUSES.map((status) => ({ value: status, label: statusName(status), icon: <StatusIcon status={status} size={14} /> }))}
          chosen={view.statuses}
          onChange={(statuses) => onChange({ statuses })}
        />
        <TimeChoice time={view.time} onChange={(time) => onChange({ time })} />
        <ChoiceFilter
          label={t('runs.filters.startedBy')}
          choices={TRIGGERS.map((trigger) => ({ value: trigger, label: t(`runs.triggers.${trigger}`) }))}
          chosen={view.triggers}
          onChange={(triggers) => onChange({ triggers })}
        />
        {parameters && parameters.length > 0 && (
          <ChoiceFilter
            label={t('runs.filters.columns')}
            choices={parameters.map(({ name, title }) => ({ value: name, label: title || name }))}
            chosen={view.columns}
            onChange={(columns) => onChange({ columns })}
          />
        )}
        {isFiltered(view) && (
          <Button variant="subtle" size="xs" onClick={() => onChange(EVERYTHING)}>
            {t('runs.filters.clear')}
          </Button>
        )}
      </div>
    </div>
  );
}

function TimeChoice({ time, onChange }: { time: TimeFilter | null; onChange: (time: TimeFilter | null) => void }) {
  const { t } = useTranslation();
  return (
    <FilterButton label={t('runs.filters.time')} summary={useSummary(time)}>
      {(close) => (
        <TimeForm
          time={time}
          onChange={(next) => {
            onChange(next);
            if (next?.kind !== 'between') close();
          }}
        />
      )}
    </FilterButton>
  );
}

function useSummary(time: TimeFilter | null): string {
  const { t } = useTranslation();
  if (time === null) return '';
  if (time.kind === 'recent') return t(`runs.time.${time.span}`);
  const [since, until] = [time.since, time.until].map((at) => (at === null ? '' : formatTime(new Date(at)))) as [string, string];
  if (since !== '' && until !== '') return t('runs.time.between', { since, until });
  return since !== '' ? t('runs.time.since', { since }) : t('runs.time.until', { until });
}

function TimeForm({ time, onChange }: { time: TimeFilter | null; onChange: (time: TimeFilter | null) => void }) {
  const { t } = useTranslation();
  const known = time?.kind === 'between' ? time : { since: null, until: null };
  const [since, setSince] = useState(known.since === null ? '' : wallTime(new Date(known.since)));
  const [until, setUntil] = useState(known.until === null ? '' : wallTime(new Date(known.until)));
  const isBackwards = since !== '' && until !== '' && until <= since;
  const take = (from: string, to: string) => {
    if (from !== '' && to !== '' && to <= from) return;
    const [first, last] = [fromWallTime(from)?.toISOString() ?? null, fromWallTime(to)?.toISOString() ?? null];
    onChange(first === null && last === null ? null : { kind: 'between', since: first, until: last });
  };
  return (
    <>
      <Radio.Group
        label={t('runs.filters.time')}
        value={time === null ? 'any' : time.kind === 'recent' ? time.span : ''}
        onChange={(value) => {
          const span = SPANS.find((each) => each === value);
          onChange(span ? { kind: 'recent', span } : null);
        }}
      >
        <div className={classes.spans}>
          <Radio size="xs" value="any" data-autofocus label={t('runs.time.any')} />
          {SPANS.map((span) => (
            <Radio key={span} size="xs" value={span} label={t(`runs.time.${span}`)} />
          ))}
        </div>
      </Radio.Group>
      <div className={classes.between}>
        <TextInput
          type="datetime-local"
          size="xs"
          label={t('runs.time.from')}
          value={since}
          onChange={(event) => {
            setSince(event.currentTarget.value);
            take(event.currentTarget.value, until);
          }}
        />
        <TextInput
          type="datetime-local"
          size="xs"
          label={t('runs.time.to')}
          value={until}
          error={isBackwards && t('runs.time.backwards')}
          onChange={(event) => {
            setUntil(event.currentTarget.value);
            take(since, event.currentTarget.value);
          }}
        />
      </div>
    </>
  );
}
