import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { ChangeDrawer } from '@/features/configuration/ChangeDrawer';
import { wanted } from '@/features/configuration/usePlannedChange';

/** Asks before an earlier version is put in force again, and shows what that changes. */
export default function RollbackDrawer() {
  const { number = '' } = useParams();
  return <Rollback key={number} number={Number(number)} />;
}

function Rollback({ number }: { number: number }) {
  const { t } = useTranslation();
  const [wish] = useState(() => wanted({ kind: 'rollback', version: number, message: '' }));
  return <ChangeDrawer title={t('configuration.actions.rollBackTo', { number })} wish={wish} />;
}
