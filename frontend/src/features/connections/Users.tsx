import { useQuery } from '@tanstack/react-query';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import * as queries from '@/api/queries';
import * as paths from '@/lib/paths';

interface UsersProps {
  ids: readonly string[];
  /** So many at most; of the others the number. */
  most?: number;
}

/** The tasks that use a connection, by their names. */
export function Users({ ids, most = Infinity }: UsersProps) {
  const { t } = useTranslation();
  const { data } = useQuery(queries.tasks());
  const nameOf = (id: string) => data?.tasks.find((task) => task.id === id)?.name ?? id;
  // One more in place of the words that one is left out.
  const shown = ids.length <= most + 1 ? ids : ids.slice(0, most);
  const others = ids.slice(shown.length);
  return (
    <>
      {shown.map((id, index) => (
        <Fragment key={id}>
          {index > 0 && ', '}
          <Link to={paths.task(id)}>{nameOf(id)}</Link>
        </Fragment>
      ))}
      {others.length > 0 && <span title={others.map(nameOf).join(', ')}> {t('connections.andMore', { count: others.length })}</span>}
    </>
  );
}
