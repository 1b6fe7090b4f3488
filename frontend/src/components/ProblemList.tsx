import { useTranslation } from 'react-i18next';
import type { Problem } from '@/api/types';
import { CopyButton } from '@/components/CopyButton';
import { ErrorIcon, WarningIcon } from '@/components/icons';
import classes from './ProblemList.module.css';

/** Findings about the configuration: where, what, and what was expected instead. */
export function ProblemList({ problems }: { problems: Problem[] }) {
  const { t } = useTranslation();
  return (
    <ul className={classes.list}>
      {problems.map((problem) => (
        <li key={keyOf(problem)} className={classes.problem} data-severity={problem.severity}>
          {problem.severity === 'error' ? <ErrorIcon size={14} /> : <WarningIcon size={14} />}
          <div className={classes.body}>
            <span className={classes.hidden}>{problem.severity === 'error' ? t('components.problems.error') : t('components.problems.warning')}</span>
            <span>{sentence(problem.message)}</span>
            {problem.expected && (
              <span className={classes.detail}>
                {' '}
                {problem.found
                  ? t('components.problems.expectedFound', { expected: problem.expected, found: problem.found })
                  : t('components.problems.expected', { expected: problem.expected })}
              </span>
            )}
            <code className={classes.place}>
              {problem.file}:{problem.line}:{problem.column}
            </code>
          </div>
          <CopyButton
            text={`${problem.file}:${problem.line}:${problem.column}: ${problem.message}`}
            label={t('components.problems.copy')}
          />
        </li>
      ))}
    </ul>
  );
}

function keyOf(problem: Problem): string {
  return `${problem.file}:${problem.line}:${problem.column}:${problem.message}`;
}

function sentence(text: string): string {
  const upper = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?:]$/.test(upper) ? upper : `${upper}.`;
}
