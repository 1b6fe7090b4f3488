import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '@/api/events';
import { EMPTY_LOG, LogDraft, openRows, type Log, type LogRow } from './log-lines';

interface Golden {
  name: string;
  events: RunEvent[];
  lines: LogRow[];
  open: LogRow[];
}

/** The same examples as the server's log is held to. Texts of thousands of characters are written as `{{x*20000}}`. */
function goldens(): Golden[] {
  const file = readFileSync('../tests/golden/log_lines.json', 'utf8');
  const whole = file.replaceAll(/\{\{(.)\*(\d+)\}\}/gu, (_, character: string, times: string) => character.repeat(Number(times)));
  return JSON.parse(whole) as Golden[];
}

function taken(events: readonly RunEvent[], atOnce: number): Log {
  let log = EMPTY_LOG;
  for (let at = 0; at < events.length; at += atOnce) {
    const draft = new LogDraft(log);
    for (const event of events.slice(at, at + atOnce)) draft.take(event);
    log = draft.finish();
  }
  return log;
}

describe('lines have the numbers they have in the log of the server:', () => {
  test.each(goldens())('$name', ({ events, lines, open }) => {
    for (const atOnce of [1, 2, events.length]) {
      const log = taken(events, atOnce);
      expect(log.lines.toArray()).toEqual(lines);
      expect(openRows(log)).toEqual(open);
    }
  });
});
