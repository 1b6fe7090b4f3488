import { Dialog } from '@/components/Dialog';
import classes from './ShortcutHelp.module.css';

const SHORTCUTS: [keys: string[], meaning: string][] = [
  [['/'], 'Search'],
  [['g', 't'], 'Go to the tasks'],
  [['g', 'r'], 'Go to the runs'],
  [['g', 'c'], 'Go to the connections'],
  [['r'], 'Run the task, or this run again'],
  [['Ctrl', 'Enter'], 'Start the run from its form'],
  [['Esc'], 'Close a drawer or dialog'],
  [['?'], 'Show this list'],
];

export function ShortcutHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Dialog opened={opened} onClose={onClose} title="Keyboard shortcuts">
      <dl className={classes.list}>
        {SHORTCUTS.map(([keys, meaning]) => (
          <div key={meaning} className={classes.row}>
            <dt>{meaning}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
