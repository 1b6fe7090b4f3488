import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ChangeDrawer } from '@/features/configuration/ChangeDrawer';
import { wanted } from '@/features/configuration/usePlannedChange';

/** Asks before the project's directory is served again, and shows what that changes. */
export default function LiveDrawer() {
  const { t } = useTranslation();
  const [wish] = useState(() => wanted({ kind: 'live', message: '' }));
  return <ChangeDrawer title={t('configuration.actions.live')} wish={wish} />;
}
