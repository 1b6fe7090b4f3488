import type { Texts } from '@/texts/shape';
import type { app as english } from '@/texts/english/app';

export const app: Texts<typeof english> = {
  name: 'Taskdeck',
  pageTitle: '{{title}} · Taskdeck',
  loading: 'Chargement',
  skip: 'Aller au contenu',
  navigation: 'Navigation principale',
  places: { tasks: 'Tâches', runs: 'Exécutions', connections: 'Connexions', settings: 'Réglages' },
  activeRuns: '{{running}} en cours, {{queued}} en attente',
  runningOrQueued: 'en cours ou en attente',
  sidebar: { expand: 'Déplier la barre latérale', collapse: 'Replier la barre latérale' },
  colours: {
    label: 'Couleurs : {{now}}. Passer à : {{next}}',
    auto: 'comme le système',
    light: 'clair',
    dark: 'sombre',
  },
  banner: {
    offline: 'Vous êtes hors ligne. Ce que vous voyez peut dater ; tout sera mis à jour au retour du réseau.',
    reconnecting: 'Le serveur ne répond pas. Nouvelle tentative en cours ; vos exécutions continuent sans cette page.',
    tryNow: 'Réessayer maintenant',
    signedOut: 'Vous êtes déconnecté.',
    signIn: 'Se connecter',
    noWorker:
      'Aucun processus d’exécution n’est actif : les nouvelles exécutions attendent qu’on en démarre un. Demandez à l’exploitant de vérifier le serveur.',
  },
  notFound: {
    title: 'Page introuvable',
    heading: 'Il n’y a pas de page à cette adresse',
    text: 'Vérifiez le lien, ou repartez de la liste des tâches.',
    action: 'Aller aux tâches',
  },
  routeError: { title: 'Un problème est survenu', heading: 'Cette page n’a pas pu être affichée' },
  shortcuts: {
    title: 'Raccourcis clavier',
    tooltip: 'Raccourcis clavier (?)',
    search: 'Rechercher',
    tasks: 'Aller aux tâches',
    runs: 'Aller aux exécutions',
    connections: 'Aller aux connexions',
    run: 'Lancer la tâche, ou relancer cette exécution',
    start: 'Lancer l’exécution depuis son formulaire',
    close: 'Fermer un panneau ou une fenêtre',
    help: 'Afficher cette liste',
  },
  keys: { ctrl: 'Ctrl', enter: 'Entrée', escape: 'Échap' },
};
