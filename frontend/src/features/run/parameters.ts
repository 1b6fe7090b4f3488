/** The values of a run as its form called them. Pure. */

import type { ParameterValue, Run } from '@/api/types';
import { withoutT } from '@/lib/moments';
import { t } from '@/texts';

export interface GivenParameter {
  name: string;
  /** Its title where it has one. */
  title: string;
  /** The label of the choice, or the value in words; `null`: it has none. */
  value: string | null;
}

export function listed(run: Pick<Run, 'parameters' | 'parameter_titles' | 'parameter_value_labels'>): GivenParameter[] {
  return Object.entries(run.parameters).map(([name, value]) => ({
    name,
    title: run.parameter_titles?.[name] ?? name,
    value: run.parameter_value_labels?.[name] ?? inWords(value),
  }));
}

function inWords(value: ParameterValue): string | null {
  if (value === null || value === '') return null;
  if (typeof value === 'boolean') return t(value ? 'run.parameters.yes' : 'run.parameters.no');
  return withoutT(String(value));
}
