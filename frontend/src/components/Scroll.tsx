import type { ComponentPropsWithRef, ElementType } from 'react';

type Tag = 'div' | 'pre' | 'section' | 'dl';

type ScrollProps<T extends Tag> = { as?: T } & ComponentPropsWithRef<T>;

/**
 * What scrolls by itself: reachable by the keyboard, which is what scrolls it for who has no mouse. It needs a label; a
 * group, if it is nothing else.
 */
export function Scroll<T extends Tag = 'div'>({ as, ...props }: ScrollProps<T>) {
  const Element = (as ?? 'div') as ElementType;
  return <Element role="group" {...props} tabIndex={0} />;
}
