import type { Texts } from '@/texts/shape';
import type { settings as english } from '@/texts/english/settings';

export const settings: Texts<typeof english> = {
  title: 'Réglages',
  scope: 'Ces réglages sont conservés dans ce navigateur, pour vous seul.',
  look: {
    label: 'Couleurs',
    auto: 'Comme le système',
    light: 'Clair',
    dark: 'Sombre',
  },
  density: {
    label: 'Densité',
    help: 'L’affichage compact fait tenir plus de lignes à l’écran.',
    comfortable: 'Aéré',
    compact: 'Compact',
  },
  timeZone: {
    label: 'Fuseau horaire',
    help: 'Toutes les heures sont affichées dans ce fuseau. Survolez une heure pour la voir en UTC. Il est maintenant {{time}}.',
    browser: 'Celui de ce navigateur ({{zone}})',
    nothing: 'Aucun fuseau de ce nom',
  },
  language: {
    label: 'Langue',
    help: 'Les messages des tâches et du serveur restent tels qu’ils ont été écrits.',
    system: 'Comme le système',
    en: 'English',
    fr: 'Français',
    notLoaded: 'La langue n’a pas pu être chargée',
  },
};
