import { useDisclosure } from '@mantine/hooks';
import type { Problem } from '@/api/types';
import { ChevronDownIcon, ChevronRightIcon, ErrorIcon, WarningIcon } from '@/components/icons';
import { ProblemList } from '@/components/ProblemList';
import { plural } from '@/lib/numbers';
import classes from './ProjectProblems.module.css';

/** All findings about the project's files; open when some are about no task, and so are seen nowhere else. */
export function ProjectProblems({ problems }: { problems: Problem[] }) {
  const [opened, { toggle }] = useDisclosure(problems.some((problem) => problem.task_id === null));
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const warnings = problems.length - errors;
  const counts = [errors && plural(errors, 'error'), warnings && plural(warnings, 'warning')].filter(Boolean).join(' and ');
  return (
    <section className={classes.panel} data-severity={errors > 0 ? 'error' : 'warning'} aria-label="Problems of the configuration">
      <button type="button" className={classes.summary} aria-expanded={opened} onClick={toggle}>
        {errors > 0 ? <ErrorIcon /> : <WarningIcon />}
        <span className={classes.title}>{counts} in the configuration</span>
        <span className={classes.hint}>Everything else works.</span>
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
