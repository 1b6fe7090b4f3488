/** One maker for each thing the server sends. */

import type {
  Attempt,
  ConfigPlan,
  ConfigSource,
  Configuration,
  ConfigVersion,
  Connection,
  Health,
  Navigation,
  NavigationItem,
  Parameter,
  Problem,
  Run,
  Task,
  TaskList,
  TaskSummary,
} from '@/api/types';

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
  sample_offered: tasks.length === 0,
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

export const configSource = (changes: Partial<ConfigSource> = {}): ConfigSource => ({
  origin: 'git',
  repository: 'https://git.example.org/analytics/tasks',
  ref: 'main',
  commit: 'c0ffee'.repeat(6) + 'abcd',
  directory: '',
  file: '',
  sha256: '',
  edited: [],
  version: null,
  ...changes,
});

export const configVersion = (changes: Partial<ConfigVersion> = {}): ConfigVersion => ({
  number: 41,
  at: '2020-01-31T10:02:00.000Z',
  by: 'CI',
  trigger: 'api',
  source: configSource(),
  message: 'Quarterly figures',
  revision: configSource().commit,
  tree: 41,
  environment: '',
  summary: { tasks_added: 2, tasks_changed: 1, tasks_removed: 0, breaks: 0 },
  active: true,
  has_files: true,
  ...changes,
});

export const configPlan = (changes: Partial<ConfigPlan> = {}): ConfigPlan => ({
  tasks: [],
  connections: [],
  parameters: [],
  dangling: [],
  active_runs: [],
  files: [],
  file_counts: { added: 0, changed: 0, removed: 0 },
  requirements_changed: false,
  summary: {},
  ...changes,
});

export const configuration = (changes: Partial<Configuration> = {}): Configuration => ({
  version: configVersion(),
  managed: true,
  directory: '/srv/health',
  catalog_version: 'v1',
  update_in_progress: null,
  rules: {
    repositories: ['https://git.example.org/analytics/tasks', 'https://git.example.org/analytics/more'],
    commit: '',
    signed_tags: false,
    archives: true,
    max_bytes: 200 * 1024 * 1024,
    max_files: 20_000,
  },
  pull: null,
  ...changes,
});
