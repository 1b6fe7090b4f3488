/** One maker for each thing the server sends. */

import type { Attempt, Connection, Health, Navigation, NavigationItem, Parameter, Problem, Run, Task, TaskList, TaskSummary } from '@/api/types';

export const project = { name: 'health', root: '/srv/health', layout: 'native' } as const;

export const health = (changes: Partial<Health> = {}): Health => ({
  status: 'ok',
  version: '0.1.0',
  worker: { alive: true, running: 0, queued: 0, limit: 2 },
  project,
  ...changes,
});

export const problem = (changes: Partial<Problem> = {}): Problem => ({
  file: 'config/data_tasks.json',
  line: 12,
  column: 7,
  message: 'the file broken.ipynb does not exist',
  severity: 'error',
  expected: '',
  found: '',
  task_id: null,
  ...changes,
});

export const taskSummary = (changes: Partial<TaskSummary> = {}): TaskSummary => ({
  id: 'SAMPLE',
  name: 'Sample analysis',
  description: 'Reads the **sample** data.',
  kind: 'notebook',
  hidden: false,
  tags: ['sample'],
  connections: ['ANA'],
  parameter_count: 2,
  runnable: true,
  problems: [],
  last_runs: [],
  typical_seconds: 130,
  ...changes,
});

export const taskList = (tasks: TaskSummary[] = [taskSummary()], changes: Partial<TaskList> = {}): TaskList => ({
  project,
  tasks,
  problems: [],
  catalog_version: 'v1',
  ...changes,
});

export const parameter = (changes: Partial<Parameter> = {}): Parameter => ({
  name: 'year',
  type: 'integer',
  title: 'Year',
  description: '',
  default: 2024,
  has_default: true,
  required: false,
  protected: false,
  prompt: false,
  allowed_values: [],
  ...changes,
});

export const task = (changes: Partial<Task> = {}): Task => ({
  ...taskSummary(),
  file: 'data_tasks/sample.ipynb',
  parameters: [parameter()],
  connection_states: [{ id: 'ANA', name: 'Analysis database', declared: true, configured: true }],
  ...changes,
});

export const run = (changes: Partial<Run> = {}): Run => ({
  id: 812,
  task: 'SAMPLE',
  task_name: 'Sample analysis',
  kind: 'notebook',
  status: 'succeeded',
  reason: '',
  parameters: { year: 2023 },
  attempt: 1,
  max_attempts: 1,
  priority: 0,
  trigger: 'dashboard',
  created_at: '2026-11-21T10:00:00.000Z',
  started_at: '2026-11-21T10:00:01.000Z',
  finished_at: '2026-11-21T10:02:11.000Z',
  seconds: 130,
  cancel_requested_at: null,
  rerun_of: null,
  error_count: 0,
  last_seq: 40,
  waiting_for: null,
  waiting: null,
  source_sha256: 'a'.repeat(64),
  catalog_version: 'v1',
  facts: {},
  ...changes,
});

export const attempt = (changes: Partial<Attempt> = {}): Attempt => ({
  number: 1,
  status: 'succeeded',
  reason: '',
  started_at: '2026-11-21T10:00:01.000Z',
  finished_at: '2026-11-21T10:02:11.000Z',
  seconds: 130,
  peak_memory_bytes: null,
  cpu_seconds: null,
  ...changes,
});

export const connection = (changes: Partial<Connection> = {}): Connection => ({
  id: 'ANA',
  name: 'Analysis database',
  description: 'Where the results go.',
  fields: [
    { name: 'server', type: 'text', label: 'Server', secret: false },
    { name: 'port', type: 'integer', label: 'Port', secret: false },
    { name: 'password', type: 'password', label: 'Password', secret: true },
  ],
  values: { server: 'db.example.org', port: '5432' },
  stored_secrets: ['password'],
  configured: true,
  used_by: ['SAMPLE'],
  test_query: 'SELECT 1',
  ...changes,
});

export const navigationItem = (changes: Partial<NavigationItem> = {}): NavigationItem => ({
  title: 'Refresh the data',
  icon: '',
  task: 'LOAD',
  dashboard: null,
  prompt: '',
  execute_button_text: '',
  cancel_button_text: '',
  items: [],
  ...changes,
});

export const navigation = (items: NavigationItem[] = [navigationItem()], header = 'Data'): Navigation => ({
  header,
  items,
  catalog_version: 'v1',
});
