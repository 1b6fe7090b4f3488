import { Modal } from '@mantine/core';
import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Keys } from '@/components/Keys';
import { SearchIcon } from '@/components/icons';
import { GROUPS, useCommands, type Command, type FrameActions } from '@/features/palette/commands';
import * as fuzzy from '@/features/palette/fuzzy';
import classes from './Palette.module.css';

interface PaletteProps extends FrameActions {
  /** What is looked for, and was perhaps typed before this was here. */
  query: string;
  onQuery: (query: string) => void;
  onClose: () => void;
}

const SHOWN = 30;

/** One field from which everything can be reached by typing a few letters of it. Open for as long as it is shown. */
export default function Palette({ query, onQuery, onClose, ...frame }: PaletteProps) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<string | null>(null);
  const id = useId();
  const before = useRef(document.activeElement);
  const commands = useCommands(query, frame);
  // A run is also called "#812".
  const sought = query.trim().replace(/^#/, '');
  const found = sought ? fuzzy.rank(sought, commands, textOf, favourOf).slice(0, SHOWN) : commands.filter(({ quiet }) => !quiet);
  // Groups stay together; the one with the best hit comes first.
  const groups = [...new Set(sought ? found.map(({ group }) => group) : GROUPS)]
    .map((group) => ({ group, commands: found.filter((command) => command.group === group) }))
    .filter((each) => each.commands.length > 0);
  const inOrder = groups.flatMap((group) => group.commands);
  const current = inOrder.find((command) => command.id === chosen) ?? inOrder[0];
  const optionId = (command: Command) => `${id}-${command.id}`;

  const currentId = current && optionId(current);
  useEffect(() => {
    if (currentId) document.getElementById(currentId)?.scrollIntoView({ block: 'nearest' });
  }, [currentId]);

  const close = ({ goBack }: { goBack: boolean }) => {
    onClose();
    if (goBack && before.current instanceof HTMLElement) before.current.focus({ preventScroll: true });
  };
  const carryOut = (command: Command) => {
    close({ goBack: command.stays === true });
    command.carryOut();
  };
  const move = (steps: number) => {
    const index = current ? inOrder.indexOf(current) : 0;
    const next = inOrder[(index + steps + inOrder.length) % inOrder.length];
    if (next) setChosen(next.id);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown') move(1);
    else if (event.key === 'ArrowUp') move(-1);
    else if (event.key === 'Enter' && current) carryOut(current);
    else return;
    event.preventDefault();
  };

  return (
    <Modal.Root
      opened
      onClose={() => close({ goBack: true })}
      size={600}
      yOffset="10vh"
      returnFocus={false}
      transitionProps={{ duration: 0 }}
      // Over a drawer as well.
      zIndex={250}
    >
      <Modal.Overlay backgroundOpacity={0.35} />
      <Modal.Content aria-label={t('palette.label')}>
        <Modal.Body className={classes.body}>
          <div className={classes.search}>
            <SearchIcon />
            <input
              data-autofocus
              role="combobox"
              aria-label={t('palette.label')}
              aria-expanded="true"
              aria-controls={`${id}-list`}
              aria-activedescendant={currentId}
              aria-autocomplete="list"
              placeholder={t('palette.placeholder')}
              autoComplete="off"
              spellCheck={false}
              className={classes.field}
              data-palette
              value={query}
              onChange={(event) => {
                onQuery(event.currentTarget.value);
                setChosen(null);
              }}
              onKeyDown={onKeyDown}
            />
          </div>
          <p role="status" className={classes.nothing}>
            {inOrder.length === 0 && t('palette.nothing')}
          </p>
          <div role="listbox" id={`${id}-list`} aria-label={t('palette.results')} className={classes.list}>
            {groups.map(({ group, commands: members }) => (
              <div key={group} role="group" aria-labelledby={`${id}-${group}`}>
                <div id={`${id}-${group}`} className={classes.heading} role="presentation">
                  {t(`palette.groups.${group}`)}
                </div>
                {members.map((command) => (
                  <button
                    key={command.id}
                    type="button"
                    role="option"
                    id={optionId(command)}
                    tabIndex={-1}
                    aria-selected={command === current}
                    className={classes.option}
                    onMouseMove={() => setChosen(command.id)}
                    onClick={() => carryOut(command)}
                  >
                    {command.icon}
                    <span className={classes.label}>{command.label}</span>
                    {command.detail && <span className={classes.detail}>{command.detail}</span>}
                    {command.keys && (
                      <span className={classes.keys} aria-hidden="true">
                        <Keys keys={command.keys} />
                      </span>
                    )}
                  </button>
                ))}
              </div>
            ))}
          </div>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function textOf({ label, words = '' }: Command): string {
  return `${label} ${words}`;
}

/** Who types the name of a task most likely wants to run it. */
function favourOf({ group, quiet }: Command): number {
  return group === 'tasks' && !quiet ? 30 : 0;
}
