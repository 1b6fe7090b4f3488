import type { ConfigVersion } from '@/api/types';

/** One that is in force already, that was the live directory, or whose files are gone, is nothing to go back to. */
export function canRollBackTo({ active, tree, has_files: hasFiles }: ConfigVersion): boolean {
  return !active && tree !== null && hasFiles;
}
