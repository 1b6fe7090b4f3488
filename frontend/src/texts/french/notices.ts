import type { Texts } from '@/texts/shape';
import type { notices as english } from '@/texts/english/notices';

export const notices: Texts<typeof english> = {
  title: 'Exécution {{id}} : {{status}}',
  mark: 'Exécution {{id}} : {{status}}',
  marks_one: '{{count}} exécution est terminée',
  marks_other: '{{count}} exécutions sont terminées',
  took: '{{task}}, au bout de {{duration}}',
  open: 'Ouvrir l’exécution',
};
