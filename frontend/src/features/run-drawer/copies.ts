/** The same run for a terminal and for a program. The token stays in the environment of whoever runs it. Pure. */

import type { Json } from '@/features/run-drawer/json';

export interface Wish {
  /** "http://127.0.0.1:8000" */
  readonly origin: string;
  readonly task: string;
  readonly parameters: Readonly<Record<string, Json>>;
}

/** For a POSIX shell. */
export function curl({ origin, task, parameters }: Wish): string {
  return [
    `curl --fail-with-body ${quoted(`${origin}/api/runs`)}`,
    '-H "Authorization: Bearer $TASKDECK_TOKEN"',
    `-H ${quoted('Content-Type: application/json')}`,
    `--data-raw ${quoted(JSON.stringify({ task, parameters }))}`,
  ].join(' \\\n  ');
}

/** For Python 3, with nothing installed. */
export function python({ origin, task, parameters }: Wish): string {
  return `import json
import os
import urllib.request

request = urllib.request.Request(
    ${literal(`${origin}/api/runs`)},
    data=json.dumps(
        {
            "task": ${literal(task)},
            "parameters": ${members(parameters)},
        }
    ).encode(),
    headers={
        "Authorization": "Bearer " + os.environ["TASKDECK_TOKEN"],
        "Content-Type": "application/json",
    },
)
with urllib.request.urlopen(request) as answer:
    run = json.load(answer)
print(run["id"], run["status"])
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function members(parameters: Readonly<Record<string, Json>>): string {
  const lines = Object.entries(parameters).map(([name, value]) => `                ${literal(name)}: ${literal(value)},\n`);
  return lines.length === 0 ? '{}' : `{\n${lines.join('')}            }`;
}

/** A JSON text or number is one of Python as well. */
function literal(value: Json): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (isList(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([name, each]) => `${JSON.stringify(name)}: ${literal(each)}`)
      .join(', ')}}`;
  }
  return JSON.stringify(value);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
