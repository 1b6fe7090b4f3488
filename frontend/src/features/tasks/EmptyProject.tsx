import type { Project } from '@/api/types';
import { FolderIcon } from '@/components/icons';
import { EmptyState } from '@/components/EmptyState';

const EXAMPLE = `{
  "dataTasks": [
    {
      "id": "HELLO",
      "name": "Say hello",
      "description": "A first task.",
      "pythonFile": "hello.ipynb"
    }
  ]
}`;

const FILES = {
  native: { declarations: 'config/data_tasks.json', directory: 'data_tasks/' },
  duft: { declarations: 'duft-config/system/data_tasks.json', directory: 'duft-config/system/data_tasks/' },
};

/** The first thing somebody sees who points Taskdeck at a new directory. */
export function EmptyProject({ project, broken }: { project: Project; broken: boolean }) {
  const { declarations, directory } = FILES[project.layout];
  return (
    <EmptyState icon={<FolderIcon />} title={broken ? 'No task could be read' : `“${project.name}” has no tasks yet`}>
      {broken ? (
        <p>Mend the problems above; the tasks appear here as soon as the files are saved.</p>
      ) : (
        <>
          <p>
            A task is a notebook or a script that somebody runs from here. Put one into <code>{directory}</code> and
            declare it in <code>{declarations}</code>:
          </p>
          <pre>
            <code>{EXAMPLE}</code>
          </pre>
          <p>It appears here as soon as the file is saved.</p>
        </>
      )}
    </EmptyState>
  );
}
