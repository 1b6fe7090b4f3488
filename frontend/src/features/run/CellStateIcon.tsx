import { StatusIcon } from '@/components/StatusIcon';
import type { RunStatus } from '@/api/types';
import type { CellState } from './run-state';

const STATUS: Record<CellState, RunStatus> = {
  waiting: 'queued',
  running: 'running',
  ok: 'succeeded',
  error: 'failed',
  cancelled: 'cancelled',
};

/** A cell is marked as a run is. */
export function CellStateIcon({ state }: { state: CellState }) {
  return <StatusIcon status={STATUS[state]} size={14} />;
}
