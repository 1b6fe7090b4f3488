import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { Trans, useTranslation } from 'react-i18next';
import * as queries from '@/api/queries';
import type { Project } from '@/api/types';
import { useForgottenAfterSignIn } from '@/api/useForgottenAfterSignIn';
import { ErrorPanel } from '@/components/ErrorPanel';
import { FolderIcon } from '@/components/icons';
import { EmptyState } from '@/components/EmptyState';

function example(t: TFunction): string {
  const name = t('tasks.empty.exampleName');
  const description = t('tasks.empty.exampleDescription');
  return JSON.stringify({ dataTasks: [{ id: 'HELLO', name, description, pythonFile: 'hello.ipynb' }] }, null, 2);
}

const FILES = {
  native: { declarations: 'config/data_tasks.json', directory: 'data_tasks/' },
  duft: { declarations: 'duft-config/system/data_tasks.json', directory: 'duft-config/system/data_tasks/' },
};

/** A way to see something run before anything is written. */
function OfferSample() {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const write = useMutation({
    mutationFn: queries.writeSample,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: queries.tasks().queryKey }),
  });
  useForgottenAfterSignIn(write);
  return (
    <>
      <p>{t('tasks.empty.sampleText')}</p>
      <Button onClick={() => write.mutate()} loading={write.isPending}>
        {t('tasks.empty.sample')}
      </Button>
      {write.isError && <ErrorPanel error={write.error} title={t('tasks.empty.notWritten')} />}
    </>
  );
}

interface EmptyProjectProps {
  project: Project;
  broken: boolean;
  /** The server would write it; it does not where a version is served, or a file is in its way. */
  sampleOffered: boolean;
}

/** The first thing somebody sees who points Taskdeck at a new directory. */
export default function EmptyProject({ project, broken, sampleOffered }: EmptyProjectProps) {
  const { t } = useTranslation();
  const { declarations, directory } = FILES[project.layout];
  return (
    <EmptyState icon={<FolderIcon />} title={broken ? t('tasks.empty.broken') : t('tasks.empty.title', { project: project.name })}>
      {broken ? (
        <p>{t('tasks.empty.mend')}</p>
      ) : (
        <>
          <p>
            <Trans
              i18nKey="tasks.empty.declare"
              components={{ directory: <code>{directory}</code>, declarations: <code>{declarations}</code> }}
            />
          </p>
          <pre>
            <code>{example(t)}</code>
          </pre>
          <p>{t('tasks.empty.appears')}</p>
          {sampleOffered && <OfferSample />}
        </>
      )}
    </EmptyState>
  );
}
