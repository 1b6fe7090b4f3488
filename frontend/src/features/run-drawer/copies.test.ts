import { expect, test } from 'vitest';
import * as copies from '@/features/run-drawer/copies';

const wish = {
  origin: 'http://127.0.0.1:8000',
  task: 'REPORT',
  parameters: { prepared_by: "Ada O'Kello", remarks: 'Two\nlines "quoted" \\ $HOME', fast: true, draws: 500, rate: 0.5 },
};

test('curl gets one shell word for each argument, and the token from the environment', () => {
  expect(copies.curl(wish)).toBe(
    [
      "curl --fail-with-body 'http://127.0.0.1:8000/api/runs' \\",
      '  -H "Authorization: Bearer $TASKDECK_TOKEN" \\',
      "  -H 'Content-Type: application/json' \\",
      String.raw`  --data-raw '{"task":"REPORT","parameters":{"prepared_by":"Ada O'\''Kello","remarks":"Two\nlines \"quoted\" \\ $HOME","fast":true,"draws":500,"rate":0.5}}'`,
    ].join('\n'),
  );
});

test('Python gets literals of its own', () => {
  const program = copies.python({ ...wish, parameters: { ...wish.parameters, odd: [null, { a: false }] } });
  expect(program).toContain('"prepared_by": "Ada O\'Kello",\n');
  expect(program).toContain('"fast": True,\n');
  expect(program).toContain('"odd": [None, {"a": False}],\n');
  expect(program).toContain('os.environ["TASKDECK_TOKEN"]');
});

test('a run with nothing but defaults needs no values', () => {
  expect(copies.python({ ...wish, parameters: {} })).toContain('"parameters": {},\n');
});
