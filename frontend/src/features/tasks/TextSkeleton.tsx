import { Skeleton } from '@mantine/core';

/** While a text is being loaded. */
export function TextSkeleton({ label }: { label: string }) {
  return (
    <div role="status" aria-busy="true" aria-label={label}>
      {['62%', '70%', '48%', '66%', '30%'].map((width) => (
        <Skeleton key={width} height={13} mb={10} width={width} maw={640} />
      ))}
    </div>
  );
}
