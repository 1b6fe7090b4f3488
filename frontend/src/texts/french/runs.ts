import type { Texts } from '@/texts/shape';
import type { runs as english } from '@/texts/english/runs';

export const runs: Texts<typeof english> = {
  title: 'Exécutions',
  notLoaded: 'Les exécutions n’ont pas pu être chargées',
  caption: 'Exécutions, la plus récente en premier',
  columns: { status: 'Statut', run: 'Exécution', values: 'Valeurs', started: 'Début', duration: 'Durée' },
  olderNotLoaded: 'Les exécutions plus anciennes n’ont pas pu être chargées',
  showOlder: 'Afficher les plus anciennes',
  end: 'Ce sont toutes les exécutions.',
  endFiltered: 'Ce sont toutes les exécutions qui correspondent.',
  filters: {
    label: 'Filtrer les exécutions',
    task: 'Tâche',
    allTasks: 'Toutes les tâches',
    noSuchTask: 'Aucune tâche de ce nom',
    status: 'Statut',
    anyStatus: 'Tous les statuts',
    clear: 'Effacer',
  },
  nothing: {
    title: 'Aucune exécution ne correspond',
    status: 'Aucune exécution n’a le statut « {{status}} ».',
    taskAndStatus: 'Aucune exécution de cette tâche n’a le statut « {{status}} ».',
    task: 'Cette tâche n’a pas encore été lancée.',
    action: 'Afficher toutes les exécutions',
  },
  empty: {
    title: 'Rien n’a encore été lancé',
    text: 'Chaque exécution d’une tâche est conservée ici, avec ses messages, ses résultats et la façon dont elle s’est terminée.',
    action: 'Choisir une tâche',
  },
  row: {
    label: 'Exécution {{id}} de {{task}}',
    errors_one: 'Un message d’erreur',
    errors_other: '{{count, number}} messages d’erreur',
  },
};
