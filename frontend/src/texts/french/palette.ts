import type { Texts } from '@/texts/shape';
import type { palette as english } from '@/texts/english/palette';

export const palette: Texts<typeof english> = {
  label: 'Trouver une tâche, une exécution, une page ou une action',
  placeholder: 'Trouver une tâche, une exécution, une page ou une action',
  results: 'Résultats',
  nothing: 'Rien ne porte ce nom. Essayez moins de lettres, ou le numéro d’une exécution.',
  groups: { tasks: 'Tâches', runs: 'Exécutions', pages: 'Pages', actions: 'Actions' },
  runTask: 'Lancer {{task}}',
  runsOf: 'Exécutions de {{task}}',
  run: 'Exécution {{id}} : {{task}}',
  colours: { auto: 'Couleurs comme le système', light: 'Couleurs claires', dark: 'Couleurs sombres' },
  density: { comfortable: 'Affichage aéré', compact: 'Affichage compact' },
  language: { system: 'Langue du système', en: 'English', fr: 'Français' },
  keyboard: 'Raccourcis clavier',
  sidebar: 'Replier ou déplier la barre latérale',
  tour: 'Suivre la visite guidée',
};
