import { Tooltip } from '@mantine/core';
import { formatExactTime, formatTime } from '@/lib/times';
import { useNow } from '@/lib/useNow';

/** A moment: "10:02 today", the exact one on hover. */
export function Time({ at }: { at: string }) {
  const now = useNow(60_000);
  const date = new Date(at);
  return (
    <Tooltip label={formatExactTime(date)}>
      <time className="td-number" dateTime={at}>
        {formatTime(date, new Date(now))}
      </time>
    </Tooltip>
  );
}
