import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'react-router';
import * as paths from '@/lib/paths';

/** Leads to the login page and back here; beside a form, in a tab of its own, so that nothing typed is lost. */
export function SignIn() {
  const { t } = useTranslation();
  const here = useLocation();
  return (
    <Button
      component="a"
      href={paths.login(here)}
      variant="default"
      size="compact-sm"
      onClick={(event) => {
        if (document.querySelector('[role="dialog"] form')) event.currentTarget.target = '_blank';
      }}
    >
      {t('components.error.signIn')}
    </Button>
  );
}
