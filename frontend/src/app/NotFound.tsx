import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { EmptyState } from '@/components/EmptyState';
import { PageHeader } from '@/components/PageHeader';
import * as paths from '@/lib/paths';

export function NotFound() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeader title={t('app.notFound.title')} />
      <EmptyState
        title={t('app.notFound.heading')}
        action={
          <Button component={Link} to={paths.tasks()} variant="default">
            {t('app.notFound.action')}
          </Button>
        }
      >
        {t('app.notFound.text')}
      </EmptyState>
    </>
  );
}
