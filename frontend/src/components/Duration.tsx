import { formatDuration, formatElapsed } from '@/lib/durations';
import { useNow } from '@/lib/useNow';

/** A length of time that is over: "2 min 10 s". */
export function Duration({ seconds }: { seconds: number | null | undefined }) {
  if (seconds === null || seconds === undefined) return <span aria-label="no duration yet">–</span>;
  return (
    <time className="td-number" dateTime={`PT${seconds.toFixed(3)}S`}>
      {formatDuration(seconds)}
    </time>
  );
}

/** A length of time that still grows. Ticks every second. */
export function Elapsed({ since }: { since: string }) {
  const now = useNow(1000);
  return <span className="td-number">{formatElapsed((now - new Date(since).getTime()) / 1000)}</span>;
}
