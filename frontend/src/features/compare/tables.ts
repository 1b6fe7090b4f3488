/** Tables of an output in HTML: read as text, and compared value by value. */

import { decide } from '@/components/outputs/html';

export interface Row {
  readonly cells: readonly string[];
  /** How many of the first cells name the row. */
  readonly headings: number;
}

export interface Table {
  readonly head: readonly Row[];
  readonly body: readonly Row[];
}

/** The only table of an output that is nothing else; `null` for anything else, and for tables with merged cells in their body. */
export function read(html: string): Table | null {
  const decided = decide(html);
  if (decided.kind !== 'plain') return null;
  const parsed = new DOMParser().parseFromString(decided.html, 'text/html');
  const tables = parsed.querySelectorAll('table');
  const [table] = tables;
  if (tables.length !== 1 || !table) return null;
  const rows = Array.from(table.rows);
  const isHead = (row: HTMLTableRowElement) => row.parentElement?.localName === 'thead';
  const body = rows.filter((row) => !isHead(row));
  const isMerged = body.some((row) => Array.from(row.cells).some((cell) => cell.rowSpan > 1 || cell.colSpan > 1));
  return body.length === 0 || isMerged ? null : { head: rows.filter(isHead).map(asRow), body: body.map(asRow) };
}

function asRow(row: HTMLTableRowElement): Row {
  const cells = Array.from(row.cells).flatMap((cell) => [
    cell,
    ...Array.from({ length: Math.min(cell.colSpan, 1000) - 1 }, () => null),
  ]);
  const first = cells.findIndex((cell) => cell?.localName !== 'th');
  return {
    cells: cells.map((cell) => cell?.textContent.trim() ?? ''),
    headings: first < 0 ? cells.length : first,
  };
}

export interface MarkedRow extends Row {
  /** The row is in this table only. */
  readonly alone: boolean;
  /** Whether each of its cells differs from the one of the other table. */
  readonly changed: readonly boolean[];
}

export interface ComparedTables {
  readonly a: { readonly head: readonly Row[]; readonly body: readonly MarkedRow[] };
  readonly b: { readonly head: readonly Row[]; readonly body: readonly MarkedRow[] };
  /** Values of rows that are in both, and columns that are in both. */
  readonly changed: number;
  readonly onlyA: number;
  readonly onlyB: number;
}

/** Rows are matched by what names them where that is unique, else by their place; columns by their titles, else by place. */
export function compare(a: Table, b: Table): ComparedTables {
  const rows = matched(keys(a.body), keys(b.body));
  const columns = matched(titles(a), titles(b));
  const back = { rows: inverse(rows), columns: inverse(columns) };
  const mark = (own: Table, other: Table, toRow: ReadonlyMap<number, number>, toColumn: ReadonlyMap<number, number>) =>
    own.body.map((row, index): MarkedRow => {
      const counterpart = other.body[toRow.get(index) ?? -1];
      return {
        ...row,
        alone: counterpart === undefined,
        changed: row.cells.map((cell, column) => {
          if (!counterpart) return false;
          const there = toColumn.get(column);
          return there === undefined || counterpart.cells[there] !== cell;
        }),
      };
    });
  const left = mark(a, b, rows, columns);
  const right = mark(b, a, back.rows, back.columns);
  return {
    a: { head: a.head, body: left },
    b: { head: b.head, body: right },
    changed: Math.max(...[left, right].map((side) => side.reduce((sum, row) => sum + row.changed.filter(Boolean).length, 0))),
    onlyA: left.filter((row) => row.alone).length,
    onlyB: right.filter((row) => row.alone).length,
  };
}

function titles({ head, body }: Table): string[] {
  const last = head.at(-1)?.cells ?? [];
  // pandas writes the titles of columns above those of the index.
  const above = head.at(-2)?.cells ?? [];
  const width = Math.max(last.length, ...body.map((row) => row.cells.length));
  return Array.from({ length: width }, (_, column) => [above[column] ?? '', last[column] ?? ''].join('\n'));
}

function keys(rows: readonly Row[]): string[] {
  return rows.map((row) => row.cells.slice(0, row.headings).join('\n'));
}

/** From places in `a` to places in `b`: of equal names if they tell all apart, else of equal place. */
function matched(a: readonly string[], b: readonly string[]): Map<number, number> {
  const tell = (names: readonly string[]) => new Set(names).size === names.length;
  if (!tell(a) || !tell(b)) {
    return new Map(Array.from({ length: Math.min(a.length, b.length) }, (_, place) => [place, place]));
  }
  const places = new Map(b.map((name, place) => [name, place]));
  const found = new Map<number, number>();
  a.forEach((name, place) => {
    const there = places.get(name);
    if (there !== undefined) found.set(place, there);
  });
  return found;
}

function inverse(map: ReadonlyMap<number, number>): Map<number, number> {
  return new Map([...map].map(([from, to]) => [to, from]));
}
