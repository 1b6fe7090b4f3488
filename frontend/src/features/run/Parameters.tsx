import { Button, Popover } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Run } from '@/api/types';
import { Scroll } from '@/components/Scroll';
import { listed } from './parameters';
import classes from './page.module.css';

/** The values of the run: in the strip as far as they fit, all of them behind a button. */
export function Parameters({ run }: { run: Run }) {
  const { t } = useTranslation();
  const given = listed(run).filter(({ value }) => value !== null);
  if (given.length === 0) return null;
  return (
    <div className={classes.parameters}>
      <dl className={classes.parameterList} aria-label={t('run.strip.parameters')}>
        {given.map(({ name, title, value }) => (
          <div key={name} className={classes.parameter}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Popover position="bottom-end" shadow="md" trapFocus returnFocus transitionProps={{ duration: 100 }}>
        <Popover.Target>
          <Button variant="subtle" color="gray" size="compact-sm" className={classes.allParameters ?? ''}>
            {t('run.strip.allParameters', { count: given.length })}
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label={t('run.strip.parameters')}>
          <Scroll as="dl" role={undefined} className={classes.parameterTable} data-autofocus>
            {given.map(({ name, title, value }) => (
              <div key={name}>
                <dt>{title}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </Scroll>
        </Popover.Dropdown>
      </Popover>
    </div>
  );
}
