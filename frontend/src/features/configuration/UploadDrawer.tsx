import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as configurationApi from '@/api/configuration';
import { UploadIcon } from '@/components/icons';
import { ChangeDrawer } from '@/features/configuration/ChangeDrawer';
import { ChangeForm } from '@/features/configuration/ChangeForm';
import { wanted, type WantedChange } from '@/features/configuration/usePlannedChange';
import { formatBytes } from '@/lib/numbers';
import classes from './configuration.module.css';

const SUFFIXES = '.zip,.tar,.tar.gz,.tgz,.gz';

/** An update from an archive on this computer. */
export default function UploadDrawer() {
  const { t } = useTranslation();
  const { data } = useQuery(configurationApi.configuration());
  const most = data?.rules.max_bytes ?? Infinity;
  const [wish, setWish] = useState<WantedChange | null>(null);
  const [file, setFile] = useState<File | null>(null);
  const [directory, setDirectory] = useState('');
  const [message, setMessage] = useState('');
  const isTooLarge = file !== null && file.size > most;
  return (
    <ChangeDrawer title={t('configuration.actions.upload')} wish={wish} onBack={() => setWish(null)}>
      <ChangeForm
        message={message}
        onMessage={setMessage}
        isReady={file !== null && !isTooLarge}
        onPlan={() => file && setWish(wanted({ kind: 'archive', file, directory, message }))}
      >
        <ArchiveField file={file} most={most} onChange={setFile} />
        {isTooLarge && (
          <p role="alert" className={classes.failed}>
            {t('configuration.form.tooLarge', { size: formatBytes(file.size), most: formatBytes(most) })}
          </p>
        )}
        <TextInput
          label={t('configuration.form.directory')}
          description={t('configuration.form.directoryHelp')}
          value={directory}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setDirectory(event.currentTarget.value)}
        />
      </ChangeForm>
    </ChangeDrawer>
  );
}

interface ArchiveFieldProps {
  file: File | null;
  most: number;
  onChange: (file: File) => void;
}

/** A file is dropped onto it, or chosen with the browser's own picker. */
function ArchiveField({ file, most, onChange }: ArchiveFieldProps) {
  const { t } = useTranslation();
  const [isOver, setOver] = useState(false);
  const id = useId();
  return (
    <div
      className={classes.drop}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const [dropped] = event.dataTransfer.files;
        if (dropped) onChange(dropped);
      }}
    >
      <UploadIcon />
      <label htmlFor={id} className={classes.dropText}>
        {file ? (
          <span className={classes.path}>{t('configuration.form.chosen', { file: file.name, size: formatBytes(file.size) })}</span>
        ) : (
          t('configuration.form.drop', { size: most === Infinity ? '…' : formatBytes(most) })
        )}
      </label>
      <span className={classes.choose} aria-hidden="true">
        {t('configuration.form.choose')}
      </span>
      <input
        id={id}
        type="file"
        accept={SUFFIXES}
        className={classes.input}
        aria-label={t('configuration.form.archive')}
        onChange={(event) => {
          const chosen = event.currentTarget.files?.[0];
          if (chosen) onChange(chosen);
        }}
      />
    </div>
  );
}
