import { useTranslation } from 'react-i18next';
import { formatDuration, formatElapsed } from '@/lib/durations';
import { useNow } from '@/lib/useNow';

/** A length of time that is over: "2 min 10 s". */
export function Duration({ seconds }: { seconds: number | null | undefined }) {
  const { t } = useTranslation();
  if (seconds === null || seconds === undefined) return <span aria-label={t('components.duration.none')}>–</span>;
  return (
    <time className="td-number" dateTime={`PT${seconds.toFixed(3)}S`}>
      {formatDuration(seconds)}
    </time>
  );
}

/** A length of time that still grows. Ticks every second. */
export function Elapsed({ since }: { since: string }) {
  useTranslation();
  const now = useNow(1000);
  return <span className="td-number">{formatElapsed((now - new Date(since).getTime()) / 1000)}</span>;
}
