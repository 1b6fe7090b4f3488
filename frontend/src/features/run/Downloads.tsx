import { Button, Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import * as queries from '@/api/queries';
import type { Run } from '@/api/types';
import { ChevronDownIcon, DownloadIcon, ExternalIcon, NotebookIcon } from '@/components/icons';
import * as paths from '@/lib/paths';
import classes from './page.module.css';

/** Everything of a run that can be taken along. */
export function Downloads({ run }: { run: Run }) {
  const { t } = useTranslation();
  const health = useQuery(queries.health());
  const navigate = useNavigate();
  const isNotebook = run.kind === 'notebook';
  return (
    <Menu
      position="bottom-end"
      shadow="md"
      width={264}
      transitionProps={{ duration: 100 }}
      // For whoever listens: within the landmarks of the page, and with nothing but items in it.
      withinPortal={false}
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>
        <Button variant="default" aria-label={t('run.downloads.action')} rightSection={<ChevronDownIcon size={14} />}>
          <DownloadIcon size={14} />
          <span className={classes.actionName}>{t('run.downloads.action')}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {isNotebook && (
          <>
            <Menu.Label>{t('run.downloads.report')}</Menu.Label>
            <Page href={paths.runHtml(run.id, { report: true })} first>{t('run.downloads.reportPage')}</Page>
            {health.data?.pdf ? (
              <File href={paths.runPdf(run.id, { report: true })}>{t('run.downloads.reportPdf')}</File>
            ) : (
              <Menu.Item
                leftSection={<NotebookIcon size={14} />}
                onClick={() => void navigate('?tab=notebook&view=report', { state: { print: true } })}
              >
                {t('run.downloads.print')}
              </Menu.Item>
            )}
            <Menu.Label>{t('run.downloads.notebook')}</Menu.Label>
            <File href={paths.runNotebook(run.id)}>{t('run.downloads.ipynb')}</File>
            <Page href={paths.runHtml(run.id)}>{t('run.downloads.page')}</Page>
            {health.data?.pdf && <File href={paths.runPdf(run.id)}>{t('run.downloads.pdf')}</File>}
          </>
        )}
        <Menu.Label>{t('run.downloads.record')}</Menu.Label>
        <File href={paths.runLog(run.id)} first={!isNotebook}>{t('run.downloads.log')}</File>
        <File href={paths.runReproduction(run.id)}>{t('run.downloads.reproduce')}</File>
      </Menu.Dropdown>
    </Menu>
  );
}

interface LinkProps {
  href: string;
  children: ReactNode;
  /** Has the focus when the menu opens. */
  first?: boolean;
}

function File({ href, children, first = false }: LinkProps) {
  return (
    <Menu.Item component="a" href={href} download data-autofocus={first || undefined} leftSection={<DownloadIcon size={14} />}>
      {children}
    </Menu.Item>
  );
}

function Page({ href, children, first = false }: LinkProps) {
  return (
    <Menu.Item component="a" href={href} target="_blank" rel="noopener" data-autofocus={first || undefined} leftSection={<ExternalIcon size={14} />}>
      {children}
    </Menu.Item>
  );
}
