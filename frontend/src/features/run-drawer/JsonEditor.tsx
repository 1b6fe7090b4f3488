import { Textarea } from '@mantine/core';
import type { RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import * as json from '@/features/run-drawer/json';
import classes from './RunDrawer.module.css';

interface JsonEditorProps {
  id: string;
  input: RefObject<HTMLTextAreaElement | null>;
  text: string;
  mistake: json.Mistake | null;
  /** What the server says is wrong, by name, as sentences. */
  problems: readonly { readonly name: string; readonly text: string }[];
  onChange: (text: string) => void;
}

/** The values of the form as JSON, for those who would rather paste than fill in. */
export function JsonEditor({ id, input, text, mistake, problems, onChange }: JsonEditorProps) {
  const { t } = useTranslation();
  const isWrong = mistake !== null || problems.length > 0;
  return (
    <Textarea
      id={id}
      ref={input}
      label={t('runDrawer.json.label')}
      description={t('runDrawer.json.help')}
      inputWrapperOrder={['label', 'description', 'input', 'error']}
      classNames={{ input: classes.jsonInput ?? '' }}
      autosize
      minRows={8}
      maxRows={28}
      spellCheck={false}
      autoCapitalize="off"
      autoCorrect="off"
      value={text}
      error={isWrong && wrong()}
      errorProps={{ component: 'div', 'aria-live': 'polite' }}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );

  function wrong() {
    if (mistake) {
      return (
        <button type="button" className={classes.jsonProblem} onClick={() => show(input.current, mistake.offset)}>
          {t('runDrawer.json.at', {
            line: mistake.line,
            column: mistake.column,
            mistake: t(`runDrawer.json.mistakes.${mistake.kind}`),
          })}
        </button>
      );
    }
    return (
      <ul className={classes.jsonProblems} aria-label={t('runDrawer.json.problems')}>
        {problems.map((problem) => (
          <li key={problem.name}>
            <button type="button" className={classes.jsonProblem} onClick={() => showMember(input.current, text, problem.name)}>
              {problem.text}
            </button>
          </li>
        ))}
      </ul>
    );
  }
}

/** Puts the cursor there. */
export function show(input: HTMLTextAreaElement | null, offset: number): void {
  input?.focus();
  input?.setSelectionRange(offset, offset + 1);
}

/** Puts the cursor to a member of the object; to the beginning where there is none of that name. */
export function showMember(input: HTMLTextAreaElement | null, text: string, name: string): void {
  const parsed = json.parse(text);
  const member = 'members' in parsed ? parsed.members.find((each) => each.name === name) : undefined;
  input?.focus();
  input?.setSelectionRange(member?.offset ?? 0, member ? member.offset + JSON.stringify(name).length : 0);
}
