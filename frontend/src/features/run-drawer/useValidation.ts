import { useDebouncedValue } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import * as queries from '@/api/queries';
import type { Validation } from '@/api/types';
import type { Json } from '@/features/run-drawer/json';

const PAUSE_MILLISECONDS = 250;

interface Judgement {
  /** By name, of the values on the screen, or while the server looks at them, of those before. */
  errors: Readonly<Record<string, string>>;
  answer: Validation | undefined;
  /** The answer is about exactly these values. */
  isSettled: boolean;
  /** A run with these values was refused, and these are the reasons. */
  refuse: (values: Record<string, Json>, errors: Record<string, string>) => void;
}

/** What the server thinks of the values, asked when somebody pauses. When it cannot be asked, nothing is wrong. */
export function useValidation(taskId: string, values: Record<string, Json>, { enabled }: { enabled: boolean }): Judgement {
  const queryClient = useQueryClient();
  const present = JSON.stringify(values);
  const [asked] = useDebouncedValue(present, PAUSE_MILLISECONDS);
  // The answer to a question that is no longer asked comes to nobody: the last one wins.
  const { data, isPlaceholderData, isFetching, isError } = useQuery({ ...queries.validation(taskId, asked), enabled });
  const isSettled = data !== undefined && !isPlaceholderData && !isFetching && !isError && asked === present;
  return {
    errors: data?.errors ?? {},
    answer: data,
    isSettled,
    refuse: (refused, errors) => {
      const { queryKey } = queries.validation(taskId, JSON.stringify(refused));
      queryClient.setQueryData<Validation>(queryKey, {
        ok: false,
        errors,
        values: {},
        // Where nobody has looked at these values yet, each may hold a secret, until the server has said which do.
        masked_parameters: isSettled ? data.masked_parameters : Object.keys(refused),
        usual: null,
      });
      if (!isSettled) void queryClient.invalidateQueries({ queryKey, exact: true });
    },
  };
}
