import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import * as paths from '@/lib/paths';

/** Leads to a comparison of this run with the one of its task that succeeded before it. */
export function CompareLink({ run }: { run: number }) {
  const { t } = useTranslation();
  return (
    <Button component={Link} to={paths.compare({ b: run })} variant="default" aria-label={t('compare.link')} title={t('compare.link')}>
      {t('compare.short')}
    </Button>
  );
}
