import { Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './Shell.module.css';

/** While the code of the first page is being loaded. */
export function PageSkeleton() {
  const { t } = useTranslation();
  return (
    <div className={classes.pad} role="status" aria-busy="true" aria-label={t('app.loading')}>
      <Skeleton height={24} width={120} mb={24} />
      <Skeleton height={16} mb={12} />
      <Skeleton height={16} mb={12} width="80%" />
      <Skeleton height={16} width="60%" />
    </div>
  );
}
