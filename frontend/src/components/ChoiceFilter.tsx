import { Checkbox, Popover, TextInput, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ChevronDownIcon, SearchIcon } from '@/components/icons';
import classes from './ChoiceFilter.module.css';

interface FilterButtonProps {
  /** What is chosen from: "Status". */
  label: string;
  /** What is chosen, in a word or two; empty when nothing is. */
  summary: string;
  children: (close: () => void) => ReactNode;
  disabled?: boolean;
}

/** A filter as a button that says what is chosen; what can be chosen opens below it. */
export function FilterButton({ label, summary, children, disabled = false }: FilterButtonProps) {
  const { t } = useTranslation();
  const [opened, { toggle, close }] = useDisclosure(false);
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
        <UnstyledButton className={classes.button ?? ''} data-active={summary !== '' || undefined} onClick={toggle} disabled={disabled}>
          <span className={classes.label}>{summary === '' ? label : t('components.filter.chosen', { label, summary })}</span>
          <ChevronDownIcon size={12} />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown className={classes.dropdown ?? ''} aria-label={label}>
        {children(close)}
      </Popover.Dropdown>
    </Popover>
  );
}

export interface Choice<T extends string> {
  value: T;
  label: string;
  icon?: ReactNode;
}

interface ChoiceFilterProps<T extends string> {
  label: string;
  choices: readonly Choice<T>[];
  chosen: readonly T[];
  onChange: (chosen: T[]) => void;
  /** What is said when the choices are empty. */
  nothing?: string | undefined;
}

const MANY = 8;

/** A filter of which several values may be chosen; those of a long list are searched. */
export function ChoiceFilter<T extends string>({ label, choices, chosen, onChange, nothing }: ChoiceFilterProps<T>) {
  const { t } = useTranslation();
  const names = choices.filter(({ value }) => chosen.includes(value)).map((choice) => choice.label);
  const summary = names.length <= 1 ? (names[0] ?? '') : t('components.filter.several', { first: names[0] ?? '', count: names.length - 1 });
  return (
    <FilterButton label={label} summary={summary}>
      {() => <Choices label={label} choices={choices} chosen={chosen} onChange={onChange} nothing={nothing} />}
    </FilterButton>
  );
}

function Choices<T extends string>({ label, choices, chosen, onChange, nothing }: ChoiceFilterProps<T>) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const wanted = text.trim().toLowerCase();
  const shown = choices.filter((choice) => choice.label.toLowerCase().includes(wanted));
  return (
    <>
      {choices.length > MANY && (
        <TextInput
          size="xs"
          data-autofocus
          aria-label={t('components.filter.search', { label })}
          placeholder={t('components.filter.search', { label })}
          leftSection={<SearchIcon size={12} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          mb={6}
        />
      )}
      <div role="group" aria-label={label} className={classes.choices}>
        {shown.map(({ value, label: name, icon }, index) => (
          <Checkbox
            key={value}
            size="xs"
            {...(index === 0 && choices.length <= MANY && { 'data-autofocus': true })}
            className={classes.choice ?? ''}
            checked={chosen.includes(value)}
            label={
              <span className={classes.name}>
                {icon}
                {name}
              </span>
            }
            onChange={(event) =>
              onChange(event.currentTarget.checked ? [...chosen, value] : chosen.filter((other) => other !== value))
            }
          />
        ))}
        {shown.length === 0 && <p className={classes.nothing}>{nothing ?? t('components.filter.nothing')}</p>}
      </div>
    </>
  );
}
