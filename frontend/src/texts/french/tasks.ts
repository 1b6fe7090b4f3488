import type { Texts } from '@/texts/shape';
import type { tasks as english } from '@/texts/english/tasks';

export const tasks: Texts<typeof english> = {
  title: 'Tâches',
  count_one: '{{count, number}} tâche',
  count_other: '{{count, number}} tâches',
  loading: 'Chargement des tâches',
  notLoaded: 'Les tâches n’ont pas pu être chargées',
  search: 'Rechercher une tâche',
  filterByTag: 'Filtrer par étiquette',
  showHidden: 'Afficher les masquées ({{count, number}})',
  columns: { task: 'Tâche', lastRuns: 'Dernières exécutions', usually: 'D’habitude' },
  row: {
    notebook: 'Notebook',
    script: 'Script',
    cannotRun: 'Ne peut pas être lancée',
    hidden: 'masquée',
    median: 'Médiane des dernières exécutions réussies',
    run: 'Lancer',
    runTask: 'Lancer {{task}}',
  },
  allHidden: {
    title: 'Toutes les tâches de ce projet sont masquées',
    text: 'Leurs auteurs les ont retirées de cette liste. On peut les lancer malgré tout.',
    action_one: 'Afficher {{count, number}} tâche masquée',
    action_other: 'Afficher {{count, number}} tâches masquées',
  },
  nothing: {
    title: 'Aucune tâche ne correspond',
    clear: 'Effacer la recherche',
    text: 'Rien ne contient « {{text}} »',
    textAndTag: 'Rien ne contient « {{text}} » avec l’étiquette « {{tag}} »',
    tag: 'Il ne reste aucune tâche avec l’étiquette « {{tag}} »',
    hiddenLeftOut: '{{found}}. La recherche ne porte pas sur les tâches masquées.',
    all: '{{found}}.',
  },
  problems: {
    label: 'Problèmes de la configuration',
    errors_one: '{{count, number}} erreur',
    errors_other: '{{count, number}} erreurs',
    warnings_one: '{{count, number}} avertissement',
    warnings_other: '{{count, number}} avertissements',
    both: '{{errors}} et {{warnings}}',
    summary: '{{counts}} dans la configuration',
    hint: 'Tout le reste fonctionne.',
  },
  empty: {
    title: '« {{project}} » n’a pas encore de tâches',
    broken: 'Aucune tâche n’a pu être lue',
    mend: 'Corrigez les problèmes ci-dessus ; les tâches apparaissent ici dès que les fichiers sont enregistrés.',
    declare:
      'Une tâche est un notebook ou un script que l’on lance d’ici. Placez-en un dans <directory/> et déclarez-le dans <declarations/> :',
    appears: 'La tâche apparaît ici dès que le fichier est enregistré.',
    exampleName: 'Dire bonjour',
    exampleDescription: 'Une première tâche.',
  },
};
