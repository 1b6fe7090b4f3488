import { Button, Loader } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { ConfigPlanned } from '@/api/configuration';
import type { ConfigResult } from '@/api/types';
import { CheckIcon } from '@/components/icons';
import { useTitle } from '@/components/PageHeader';
import { SideDrawer } from '@/components/SideDrawer';
import { Failure } from '@/features/configuration/Failure';
import { Plan } from '@/features/configuration/Plan';
import { sourceInWords } from '@/features/configuration/source';
import { usePlannedChange, type WantedChange } from '@/features/configuration/usePlannedChange';
import * as paths from '@/lib/paths';
import classes from './configuration.module.css';

const WIDTH = 720;

interface ChangeDrawerProps {
  title: string;
  /** What is to be changed; null: that is still being asked, by the children. */
  wish: WantedChange | null;
  /** Back to what was asked, if anything was. */
  onBack?: () => void;
  children?: ReactNode;
}

/** A change of the configuration in its steps: what is wanted, what that would change, the change. */
export function ChangeDrawer({ title, wish, onBack, children }: ChangeDrawerProps) {
  const navigate = useNavigate();
  const close = () => void navigate(paths.configuration());
  useTitle(title);
  return (
    <SideDrawer title={title} width={WIDTH} onClose={close}>
      {wish === null ? children : <Steps key={wish.key} wish={wish} onBack={onBack} onClose={close} />}
    </SideDrawer>
  );
}

function Steps({ wish, onBack, onClose }: { wish: WantedChange; onBack: (() => void) | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  const { plan, apply } = usePlannedChange(wish);
  const { kind } = wish.change;
  const planned = plan.data;
  const isEmpty = planned?.result.outcome === 'nothing_changed';
  const planAgain = () => {
    apply.reset();
    void plan.refetch();
  };
  const makeIt = () => planned && apply.mutate({ wish, planned });
  const failure = apply.error ?? (plan.isFetching ? null : plan.error);
  if (apply.data) return <Done result={apply.data} onClose={onClose} />;
  return (
    <>
      <div className={classes.drawer}>
        <div role="status">
          {plan.isFetching && <Working text={t(`configuration.change.working.${kind}`)} />}
          {apply.isPending && <Working text={t('configuration.change.applying')} />}
        </div>
        {failure && !apply.isPending && (
          <Failure
            error={failure}
            of={apply.error ? 'change' : 'plan'}
            onRetry={apply.error ? () => makeIt() : planAgain}
            onPlanAgain={planAgain}
          />
        )}
        {planned && !plan.isFetching && <Planned planned={planned} isEmpty={isEmpty} />}
      </div>
      <div className={classes.footer}>
        {planned && !isEmpty && (
          <Button loading={apply.isPending} disabled={plan.isFetching || apply.isError} onClick={makeIt}>
            {t(`configuration.change.apply.${kind}`)}
          </Button>
        )}
        <Button variant="default" disabled={apply.isPending} onClick={onBack ?? onClose}>
          {onBack ? t('configuration.change.back') : t('components.close')}
        </Button>
      </div>
    </>
  );
}

/** How long it takes, nobody knows: it says what is being done, and that it goes on. */
function Working({ text }: { text: string }) {
  return (
    <p className={classes.working}>
      <Loader size={14} /> {text}
    </p>
  );
}

function Planned({ planned: { result }, isEmpty }: { planned: ConfigPlanned; isEmpty: boolean }) {
  const { t } = useTranslation();
  const { version, plan } = result;
  if (isEmpty) return <p>{t('configuration.change.nothing')}</p>;
  return (
    <>
      <p className={classes.paragraph}>{t('configuration.change.intro')}</p>
      {version && (
        <p className={classes.dim}>
          {t('configuration.change.source')}: {sourceInWords(version.source, t)}
        </p>
      )}
      {plan && <Plan plan={plan} filesOf={null} />}
    </>
  );
}

function Done({ result: { outcome, version }, onClose }: { result: ConfigResult; onClose: () => void }) {
  const { t } = useTranslation();
  const words =
    outcome === 'nothing_changed' || !version
      ? t('configuration.change.unchanged')
      : version.tree === null
        ? t('configuration.change.doneLive')
        : t('configuration.change.done', { number: version.number });
  return (
    <>
      <div className={classes.drawer}>
        <p role="status" className={classes.done}>
          <CheckIcon size={16} /> <span>{words}</span>
        </p>
      </div>
      <div className={classes.footer}>
        <Button data-autofocus onClick={onClose}>
          {t('components.close')}
        </Button>
      </div>
    </>
  );
}
