import { Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatExactTime, formatTime } from '@/lib/times';
import { useNow } from '@/lib/useNow';

/** A moment: "10:02 today" in the chosen time zone, the exact one in UTC on hover. */
export function Time({ at }: { at: string }) {
  useTranslation();
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
