import type { Texts } from '@/texts/shape';
import type { statuses as english } from '@/texts/english/statuses';

export const statuses: Texts<typeof english> = {
  names: {
    queued: 'En attente',
    running: 'En cours',
    succeeded: 'Réussie',
    failed: 'En échec',
    cancelled: 'Annulée',
    timed_out: 'Délai dépassé',
    lost: 'Perdue',
  },
  words: {
    queued: 'en attente',
    running: 'en cours',
    succeeded: 'réussie',
    failed: 'en échec',
    cancelled: 'annulée',
    timed_out: 'délai dépassé',
    lost: 'perdue',
  },
  stopping: 'Arrêt en cours',
  withErrors_one: 'Réussie avec {{count, number}} erreur',
  withErrors_other: 'Réussie avec {{count, number}} erreurs',
};
