import type { Texts } from '@/texts/shape';
import type { components as english } from '@/texts/english/components';

export const components: Texts<typeof english> = {
  close: 'Fermer',
  copy: { done: 'Copié', refused: 'Le navigateur a refusé de copier' },
  diff: {
    showAll: 'Afficher les lignes inchangées',
    hideEqual: 'Replier les lignes inchangées',
    folded: '$ lignes inchangées',
    loading: 'La comparaison des textes se charge…',
    notLoaded: 'Cette partie n’a pas pu être chargée',
  },
  duration: { none: 'pas encore de durée' },
  durationBars: {
    bar: 'Exécution {{id}}, {{status}} : {{duration}}',
    label_one: 'Durée de la dernière exécution : {{newest}}',
    label_other: 'Durées des {{count, number}} dernières exécutions : d’habitude {{usual}}, de {{shortest}} à {{longest}} ; la plus récente : {{newest}}',
  },
  filter: {
    chosen: '{{label}} : {{summary}}',
    several: '{{first}} et {{count, number}} de plus',
    search: 'Rechercher : {{label}}',
    nothing: 'Rien ne correspond',
  },
  error: {
    signedOut: 'Vous êtes déconnecté. Connectez-vous avec le jeton que le serveur affiche à son démarrage.',
    signIn: 'Se connecter',
    retry: 'Réessayer',
    status: 'Erreur {{status}}',
    answered: 'Le serveur a répondu {{status}}.',
    away: 'Le serveur ne peut pas répondre en ce moment ({{status}}) : il démarre, ou est en cours de mise à jour. Réessayez dans une minute.',
    connectionLost: 'Le serveur ne répond pas. Vérifiez que Taskdeck est démarré et que vous êtes connecté au réseau.',
    refusesRun: 'Le serveur refuse d’afficher cette exécution.',
  },
  lastRuns: {
    never: 'Jamais lancée',
    label: 'Dernières exécutions, de la plus ancienne à la plus récente',
    run: 'Exécution {{id}} : {{status}}',
  },
  notify: {
    tell: 'Me prévenir à la fin',
    told: 'Vous serez prévenu à la fin. Appuyez de nouveau si vous changez d’avis.',
    toldInTab: 'Le nom de cet onglet vous préviendra à la fin : le navigateur ne permet pas de notifications à cette page. Appuyez de nouveau si vous changez d’avis.',
  },
  problems: {
    error: 'Erreur : ',
    warning: 'Avertissement : ',
    expected: 'Attendu : {{expected}}.',
    expectedFound: 'Attendu : {{expected}} ; trouvé : {{found}}.',
    copy: 'Copier ce problème',
  },
};
