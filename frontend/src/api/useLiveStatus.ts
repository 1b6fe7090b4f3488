import { useSyncExternalStore } from 'react';
import { currentStatus, onStatus, type LiveStatus } from '@/api/live';

export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(onStatus, currentStatus);
}
