import { SegmentedControl, Slider } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './outputs.module.css';

interface Picture {
  source: string;
  width: number | null;
  height: number | null;
}

const LOOKS = ['sideBySide', 'swipe', 'overlay'] as const;
type Look = (typeof LOOKS)[number];

/** Two pictures, beside each other or on top of each other. */
export function ImagePair({ a, b, of }: { a: Picture; b: Picture; of: string }) {
  const { t } = useTranslation();
  const [look, setLook] = useState<Look>('sideBySide');
  const [at, setAt] = useState(50);
  const names = { a: t('compare.outputs.of', { cell: of, side: t('compare.side.a') }), b: t('compare.outputs.of', { cell: of, side: t('compare.side.b') }) };
  const one = ({ source, width, height }: Picture, name: string) => (
    <img
      src={source}
      alt={t('compare.outputs.picture', { side: name })}
      className={classes.image}
      {...(width !== null && { width })}
      {...(height !== null && { height })}
    />
  );
  return (
    <div>
      <SegmentedControl
        aria-label={t('compare.outputs.looks')}
        className={classes.looks ?? ''}
        data={LOOKS.map((value) => ({ value, label: t(`compare.outputs.${value}`) }))}
        value={look}
        onChange={(value) => {
          const chosen = LOOKS.find((known) => known === value);
          if (chosen) setLook(chosen);
        }}
      />
      {look === 'sideBySide' ? (
        <div className={classes.sides}>
          <div className={classes.side} data-side={t('compare.side.a')}>
            {one(a, names.a)}
          </div>
          <div className={classes.side} data-side={t('compare.side.b')}>
            {one(b, names.b)}
          </div>
        </div>
      ) : (
        <div className={classes.stacked}>
          <div className={classes.stack}>
            {one(a, names.a)}
            <div className={classes.upper} style={look === 'swipe' ? { clipPath: `inset(0 0 0 ${at}%)` } : { opacity: at / 100 }}>
              {one(b, names.b)}
            </div>
            {look === 'swipe' && <div className={classes.edge} style={{ left: `${at}%` }} />}
          </div>
          <div className={classes.slide}>
            <span aria-hidden="true">{t('compare.side.a')}</span>
            <Slider
              thumbLabel={t(look === 'swipe' ? 'compare.outputs.position' : 'compare.outputs.strength')}
              label={null}
              size="sm"
              value={at}
              onChange={setAt}
              className={classes.slider ?? ''}
            />
            <span aria-hidden="true">{t('compare.side.b')}</span>
          </div>
        </div>
      )}
    </div>
  );
}
