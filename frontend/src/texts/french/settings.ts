import type { Texts } from '@/texts/shape';
import type { settings as english } from '@/texts/english/settings';

export const settings: Texts<typeof english> = {
  title: 'Réglages',
  scope: 'Ces réglages sont conservés dans ce navigateur, pour vous seul.',
  configuration: 'Configuration du projet, pour tous',
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
  notifications: {
    label: 'Notifications',
    ownRuns: 'Me prévenir à la fin de chaque exécution que j’ai lancée ici',
    granted: 'Le navigateur vous prévient à la fin d’une exécution que vous suivez.',
    default: 'La cloche d’une exécution en cours vous prévient à la fin. Le navigateur demande votre autorisation à la première utilisation.',
    denied:
      'Le navigateur bloque les notifications de cette page : le nom de son onglet vous prévient à la place. Vous pouvez les autoriser dans les réglages du navigateur pour ce site.',
    missing: 'Le navigateur n’affiche pas de notifications de cette page : le nom de son onglet vous prévient à la place.',
  },
  reset: {
    action: 'Rétablir tous les réglages',
    title: 'Rétablir tous les réglages ?',
    text: 'Couleurs, densité, fuseau horaire, langue et notifications redeviennent ce qu’ils étaient au départ.',
    keep: 'Les garder',
    confirm: 'Rétablir',
  },
};
