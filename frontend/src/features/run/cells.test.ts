import { describe, expect, test } from 'vitest';
import { position, title } from './cells';
import type { Cell } from './run-state';

function cellsOf(...sources: [Cell['type'], string, Cell['state']?][]): Cell[] {
  let number = 0;
  return sources.map(([type, source, state = 'waiting'], index) => ({
    index,
    id: `c${index}`,
    type,
    source,
    tags: [],
    number: type === 'code' ? ++number : null,
    state,
    startedAt: null,
    seconds: null,
    cpuSeconds: null,
    peakMemory: null,
    executionCount: null,
    outputs: [],
    forgotten: 0,
  }));
}

describe('a code cell is called by', () => {
  test('the heading just above it, without its marks', () => {
    expect(title(cellsOf(['markdown', 'Text\n\n## Load **claims** of [2025](https://example.org) ##'], ['code', 'x = 1']), 1)).toBe(
      'Load claims of 2025',
    );
  });

  test('its own first line, when another code cell stands between', () => {
    expect(title(cellsOf(['markdown', '# Part'], ['code', 'a'], ['code', '\n# Draw the map\nplot()']), 2)).toBe('Draw the map');
  });

  test('no more than a line has room for', () => {
    expect(title(cellsOf(['code', 'x'.repeat(200)]), 0)).toHaveLength(80);
    expect(title(cellsOf(['code', '']), 0)).toBe('Empty cell');
  });

  test('names with underscores as they are', () => {
    expect(title(cellsOf(['markdown', '# The case_fatality_rate'], ['code', 'x']), 1)).toBe('The case_fatality_rate');
  });
});

describe('where a run is', () => {
  test('counts code cells from 1', () => {
    const cells = cellsOf(['markdown', '# A'], ['code', 'a', 'ok'], ['markdown', '# B'], ['code', 'b', 'running'], ['code', 'c']);
    expect(position(cells, 3)).toBe('Cell 2 of 3: B');
  });

  test('between two cells it is at the one that ended', () => {
    expect(position(cellsOf(['code', 'a', 'ok'], ['code', 'b']), null)).toBe('Cell 1 of 2: a');
  });

  test('is nowhere before the first cell, and in a script', () => {
    expect(position(cellsOf(['code', 'a']), null)).toBeNull();
    expect(position([], null)).toBeNull();
  });
});
