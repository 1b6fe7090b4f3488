/** Where a version came from, in words. */

import type { TFunction } from 'i18next';
import type { ConfigSource } from '@/api/types';

const COMMIT_CHARACTERS = 12;

export function sourceInWords(source: ConfigSource, t: TFunction): string {
  switch (source.origin) {
    case 'git':
      return [
        t('configuration.sources.git', { repository: source.repository }),
        // Asked for by its commit, it has no other name.
        source.ref && source.ref !== source.commit && t('configuration.sources.ref', { ref: source.ref }),
        source.commit && t('configuration.sources.commit', { commit: source.commit.slice(0, COMMIT_CHARACTERS) }),
        within(source, t),
      ]
        .filter(Boolean)
        .join(', ');
    case 'archive':
      return [
        t('configuration.sources.archive', { file: source.file || t('configuration.sources.unnamedArchive') }),
        within(source, t),
      ]
        .filter(Boolean)
        .join(', ');
    case 'edit':
      return t('configuration.sources.edit', { items: source.edited.join(', ') });
    case 'rollback':
      return t('configuration.sources.rollback', { number: source.version ?? '' });
    case 'directory':
      return t('configuration.sources.directory');
    case 'live':
      return t('configuration.sources.live');
  }
}

function within({ directory }: ConfigSource, t: TFunction): string {
  return directory && t('configuration.sources.within', { directory });
}
