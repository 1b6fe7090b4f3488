import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { EmptyState } from '@/components/EmptyState';
import { PageHeader } from '@/components/PageHeader';
import * as paths from '@/lib/paths';

export function NotFound() {
  return (
    <>
      <PageHeader title="Page not found" />
      <EmptyState
        title="There is no page at this address"
        action={
          <Button component={Link} to={paths.tasks()} variant="default">
            Go to the tasks
          </Button>
        }
      >
        Check the link, or start from the list of tasks.
      </EmptyState>
    </>
  );
}
