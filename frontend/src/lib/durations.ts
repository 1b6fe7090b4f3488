/** Durations as a person says them: "0.4 s", "12 s", "2 min 10 s", "1 h 5 min", "3 d 4 h". */

import { formatDecimal } from '@/lib/numbers';
import { t } from '@/texts';

type Unit = 'milliseconds' | 'seconds' | 'minutes' | 'hours' | 'days';

export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return one(0, 'seconds');
  if (seconds < 0.0095) return one(Math.round(seconds * 1000), 'milliseconds');
  if (seconds < 9.95) return one(Number(seconds.toFixed(seconds < 0.95 ? 2 : 1)), 'seconds');
  const whole = Math.round(seconds);
  if (whole < 60) return one(whole, 'seconds');
  if (whole < 3600) return joined(Math.floor(whole / 60), 'minutes', whole % 60, 'seconds');
  const minutes = Math.round(whole / 60);
  if (minutes < 24 * 60) return joined(Math.floor(minutes / 60), 'hours', minutes % 60, 'minutes');
  const hours = Math.round(minutes / 60);
  return joined(Math.floor(hours / 24), 'days', hours % 24, 'hours');
}

/** For a clock that ticks: whole seconds, so that its width does not jump. */
export function formatElapsed(seconds: number): string {
  return seconds < 60 ? one(Math.max(0, Math.floor(seconds)), 'seconds') : formatDuration(Math.floor(seconds));
}

export function formatMilliseconds(milliseconds: number): string {
  return milliseconds < 10_000 ? one(Math.round(milliseconds), 'milliseconds') : formatDuration(milliseconds / 1000);
}

function one(value: number, unit: Unit): string {
  return t(`lib.durations.${unit}`, { value: formatDecimal(value) });
}

function joined(large: number, largeUnit: Unit, small: number, smallUnit: Unit): string {
  return small === 0 ? one(large, largeUnit) : `${one(large, largeUnit)} ${one(small, smallUnit)}`;
}
