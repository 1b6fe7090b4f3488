import { useTranslation } from 'react-i18next';
import type { Comparison } from '@/api/types';
import { TextDiff } from '@/components/diff/TextDiff';
import { Section } from './Section';
import classes from './ComparePage.module.css';

/** The code of two scripts. */
export function CodeSection({ comparison }: { comparison: Comparison }) {
  const { t } = useTranslation();
  const { a, b, source_identical: same, source_texts: texts } = comparison;
  return (
    <Section id="code" title={t('compare.sections.code')}>
      {a.kind !== b.kind ? (
        <p className={classes.none}>{t('compare.code.kinds')}</p>
      ) : same ? (
        <p className={classes.none}>{t('compare.code.equal')}</p>
      ) : texts?.a == null || texts.b === null ? (
        <p className={classes.none}>{t('compare.code.missing')}</p>
      ) : (
        <TextDiff a={texts.a} b={texts.b} labels={{ a: t('compare.code.left'), b: t('compare.code.right') }} numbered />
      )}
    </Section>
  );
}
