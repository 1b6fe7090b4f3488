import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunEvent } from '@/api/events';
import { createSelector, fits, type LogFilter } from './log-filter';
import { advance, INITIAL } from './run-state';

const event = (seq: number, rest: object) => ({ seq, at: '2026-11-21T10:00:00.000Z', attempt: 1, ...rest }) as RunEvent;

test('a log that grows is selected from as one that is complete', () => {
  const anEvent = fc.oneof(
    fc.record({
      type: fc.constant('stream'),
      name: fc.constantFrom('stdout', 'stderr'),
      text: fc.constantFrom('Rows', 'rows\n', '\rnone', '\n', '\x1b[31mro\x1b[0mws\n'),
    }),
    fc.record({
      type: fc.constant('message'),
      level: fc.constantFrom('info', 'warning', 'error'),
      text: fc.constantFrom('rows', 'other'),
      source: fc.constant('task'),
    }),
  );
  const aFilter: fc.Arbitrary<LogFilter> = fc.record({
    shown: fc.constantFrom('all' as const, 'problems' as const, 'messages' as const, 'stdout' as const, 'stderr' as const),
    text: fc.constantFrom('', 'rows'),
  });
  fc.assert(
    fc.property(fc.array(anEvent, { maxLength: 40 }), aFilter, fc.integer({ min: 1, max: 5 }), (events, filter, size) => {
      const select = createSelector(filter);
      let state = INITIAL;
      let selection = select(state.log.lines);
      for (let at = 0; at < events.length; at += size) {
        state = advance(state, events.slice(at, at + size).map((rest, index) => event(at + index + 1, rest)));
        selection = select(state.log.lines);
      }
      const shown = Array.from({ length: selection.count }, (_, position) => selection.at(position));
      const expected = state.log.lines.toArray().flatMap((row, index) => (fits(row, filter) ? [index] : []));
      expect(shown).toEqual(expected);
      for (const [position, index] of expected.entries()) expect(selection.positionOf(index)).toBe(position);
    }),
  );
});

test('rows that are forgotten are no longer shown', () => {
  const select = createSelector({ shown: 'stdout', text: '' });
  const state = advance(INITIAL, [event(1, { type: 'stream', name: 'stdout', text: 'x\n'.repeat(300_000) })]);
  const selection = select(state.log.lines);
  expect(selection.count).toBe(state.log.lines.length);
  expect(selection.at(0)).toBe(state.log.lines.first);
});
