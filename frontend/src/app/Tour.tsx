import { Button, CloseButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { STEPS, type Step } from '@/app/useTour';
import classes from './Tour.module.css';

interface TourProps {
  step: Step;
  /** What stands above it in the sidebar may still come. */
  isWaiting: boolean;
  goTo: (step: Step) => void;
  end: () => void;
}

/** Three sentences for a newcomer, beside the page instead of over it. */
export function Tour({ step, isWaiting, goTo, end }: TourProps) {
  const { t } = useTranslation();
  const index = STEPS.indexOf(step);
  const next = STEPS[index + 1];
  const before = STEPS[index - 1];
  return (
    <section className={classes.tour} data-waiting={isWaiting || undefined} aria-label={t('app.tour.label')}>
      <div className={classes.head}>
        <span className={classes.count}>{t('app.tour.step', { step: index + 1, steps: STEPS.length })}</span>
        <CloseButton size="sm" aria-label={t('app.tour.skip')} title={t('app.tour.skip')} onClick={end} />
      </div>
      <div className={classes.words} aria-live="polite">
        <h2 className={classes.title}>{t(`app.tour.${step}.title`)}</h2>
        <p className={classes.text}>{t(`app.tour.${step}.text`)}</p>
      </div>
      <div className={classes.actions}>
        {before && (
          <Button variant="subtle" color="gray" size="compact-sm" onClick={() => goTo(before)}>
            {t('app.tour.back')}
          </Button>
        )}
        <Button variant="default" size="compact-sm" onClick={() => (next ? goTo(next) : end())}>
          {t(next ? 'app.tour.next' : 'app.tour.done')}
        </Button>
      </div>
    </section>
  );
}
