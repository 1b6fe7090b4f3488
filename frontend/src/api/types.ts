/** The shapes of the HTTP interface, under the names the screens use. */

import type { components } from '@/api/generated';

type Schemas = components['schemas'];

export type RunStatus = Schemas['RunStatus'];
export type TaskKind = Schemas['TaskKind'];
export type ParameterType = Schemas['ParameterType'];
export type ParameterValue = Schemas['AllowedValue']['value'];
export type Parameter = Schemas['Parameter'];
export type Problem = Schemas['Problem'];
export type Project = Schemas['Project'];
export type LastRun = Schemas['RunDigest'];
export type TaskSummary = Schemas['TaskSummary'];
export type TaskList = Schemas['TaskList'];
export type ConnectionState = Schemas['ConnectionState'];
export type Task = Schemas['Task'];
export type Validation = Schemas['Validation'];
export type TaskDocumentation = Schemas['TaskDocumentation'];
export type TaskSource = Schemas['TaskSource'];
export type TaskLint = Schemas['TaskLint'];
export type LintFinding = Schemas['LintFinding'];
export type Navigation = Schemas['Navigation'];
export type NavigationItem = Schemas['NavigationItem'];
/** `parameters` are bound values, and those are plain. */
export type Run = Omit<Schemas['Run'], 'parameters'> & { parameters: Record<string, ParameterValue> };
/** One try of a run. */
export type Attempt = Schemas['Attempt'];
/** The Python a run was executed with, and what was installed there. */
export type Environment = Schemas['Environment'];
/** What the run usually takes, in all and by cell. */
export type Estimate = Schemas['Estimate'];
/** What only `GET /api/runs/{id}` tells of a run. */
export type RunDetail = Pick<Schemas['RunDetail'], 'attempts' | 'config_version'>;
export type RunPage = Omit<Schemas['RunPage'], 'runs'> & { runs: Run[] };
export type Trigger = Schemas['Trigger'];
export type RunDigests = Schemas['RunDigests'];
export type BulkAction = Schemas['Action'];
export type BulkResult = Schemas['BulkResult'];
/** Two runs side by side. */
export type Comparison = Omit<Schemas['Comparison'], 'a' | 'b'> & { a: Run; b: Run };
export type ComparedValue = Schemas['ComparedParameter'] | Schemas['ComparedVersion'];
export type ComparedCell = Schemas['ComparedCell'];
export type LogPage = Schemas['LogPage'];
export type LogLine = Schemas['LogLine'];
export type OpenLine = Schemas['OpenLine'];
export type RunOutput = Schemas['PublishedOutput'];
export type ConnectionField = Schemas['ConnectionField'];
export type Connection = Schemas['Connection'];
export type FieldValue = Connection['values'][string];
export type TestResult = Schemas['ConnectionTestResult'];
/** Which configuration is served. */
export type Configuration = Schemas['Configuration'];
export type ConfigVersion = Schemas['ConfigVersion'];
export type ConfigVersionDetail = Schemas['ConfigVersionDetail'];
export type ConfigVersionPage = Schemas['ConfigVersionPage'];
export type ConfigSource = Schemas['ConfigSource'];
export type ConfigPlan = Schemas['ConfigPlan'];
export type ConfigResult = Schemas['ConfigResult'];
export type ConfigFileDiff = Schemas['ConfigFileDiff'];
export type Health = Schemas['Health'];
export type ProblemDocument = Schemas['ProblemDocument'];

/** Final: nothing more happens to the run. */
export function isFinal(status: RunStatus): boolean {
  return status !== 'queued' && status !== 'running';
}
