import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import type { Problem } from '@/api/types';
import { ChevronDownIcon, ChevronRightIcon, ErrorIcon, WarningIcon } from '@/components/icons';
import { ProblemList } from '@/components/ProblemList';
import classes from './ProjectProblems.module.css';

/** All findings about the project's files; open when some are about no task, and so are seen nowhere else. */
export function ProjectProblems({ problems }: { problems: Problem[] }) {
  const { t } = useTranslation();
  const [opened, { toggle }] = useDisclosure(problems.some((problem) => problem.task_id === null));
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const warnings = problems.length - errors;
  const inWords = {
    errors: t('tasks.problems.errors', { count: errors }),
    warnings: t('tasks.problems.warnings', { count: warnings }),
  };
  const counts =
    errors === 0 ? inWords.warnings : warnings === 0 ? inWords.errors : t('tasks.problems.both', inWords);
  return (
    <section className={classes.panel} data-severity={errors > 0 ? 'error' : 'warning'} aria-label={t('tasks.problems.label')}>
      <button type="button" className={classes.summary} aria-expanded={opened} onClick={toggle}>
        {errors > 0 ? <ErrorIcon /> : <WarningIcon />}
        <span className={classes.title}>{t('tasks.problems.summary', { counts })}</span>
        <span className={classes.hint}>{t('tasks.problems.hint')}</span>
        {opened ? <ChevronDownIcon /> : <ChevronRightIcon />}
      </button>
      {opened && (
        <div className={classes.list}>
          <ProblemList problems={problems} />
        </div>
      )}
    </section>
  );
}
