"""The tables that the saved outputs of a notebook show: their columns, and how many rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from taskdeck.lint import outputs

MAX_LINES = 200
"""Of an output that are looked at for a table."""
MAX_COLUMN_CHARACTERS = 60

_STATISTICS = frozenset({"count", "mean", "std", "unique", "top", "freq", "min", "max", "50%"})
"""The rows of pandas' ``describe``."""
_RULER = set("-+|=: ─═╪╞╡│┆┼├┤…·")
_SPLIT = re.compile(r"\s{2,}|\t|\s*[|│┆]\s*")
_TYPES = re.compile(
    r"(object|str(ing)?|cat(egory)?|bool(ean)?|date(time)?|null|list|[iuf]\d+|(u?int|float)\d+)(\[.*\])?"
)
_NO_COLUMN = re.compile(rf"[-+]?[\d.,]*\d[\d.,]*%?|nan|none|non-null|{_TYPES.pattern}", re.IGNORECASE)
_SERIES = re.compile(r"^Name: ([^\n]{1,60}?),(?: Length: \d+,)? dtype: (?:object|str|string|category)\b", re.MULTILINE)
_KEY = re.compile(r"""["']([A-Za-z_][\w .-]{0,59})["']\s*:\s*(?=["'][^"'\n]|-?\d)""")
_KEY_OF_LIST = re.compile(r"""["']([A-Za-z_][\w .-]{0,59})["']\s*:\s*\[\s*["'\d][^\[\]\n]*?,""")


@dataclass(frozen=True, kw_only=True)
class Table:
    columns: Sequence[str]
    rows: int


def of_output(output: Mapping[str, Any], matters: Callable[[Sequence[str]], object]) -> Iterator[Table]:
    """Those whose columns ``matters``: to count the rows below every line that may be a header takes a while."""
    yield from (table for table in _of_html(outputs.of_type(output, "text/html")) if matters(table.columns))
    is_printed = output.get("name") == "stdout"
    plain = outputs.of_type(output, "text/plain") or (next(outputs.texts(output), "") if is_printed else "")
    for text in (plain, outputs.of_type(output, "text/markdown"), outputs.of_type(output, "text/csv")):
        if text:
            yield from _of_text(text, matters)
            yield from (table for table in _of_records(text) if matters(table.columns))
    for text in outputs.of_json(output):
        yield from (table for table in _of_records(text) if matters(table.columns))


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Table] = []
        self._columns: list[str] = []
        self._labels: list[str] = []
        self._rows = 0
        self._headings: list[str] = []
        self._values: list[str] = []
        self._cell: list[str] | None = None
        self._is_head = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._columns, self._labels, self._rows, self._is_head = [], [], 0, False
        elif tag == "tr":
            self._headings, self._values = [], []
        elif tag == "thead":
            self._is_head = True
        elif tag in ("th", "td"):
            self._cell = []
            (self._headings if tag == "th" else self._values).append("")

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td") and self._cell is not None:
            (self._headings if tag == "th" else self._values)[-1] = "".join(self._cell).strip()
            self._cell = None
        elif tag == "thead":
            self._is_head = False
        elif tag == "tr":
            self._end_of_row()
        elif tag == "table" and not _are_statistics(self._labels):
            self.tables.append(Table(columns=self._columns, rows=self._rows))

    def _end_of_row(self) -> None:
        if not self._values:
            self._columns += self._headings
        elif self._is_head:
            pass  # the types, as polars shows them
        elif self._columns:
            self._rows += 1
            self._labels += self._headings[:1]
        else:
            self._columns = self._values


def _of_html(html: str) -> Iterator[Table]:
    if "<table" not in html.lower():
        return
    parser = _Html()
    parser.feed(html)
    parser.close()
    yield from parser.tables


def _of_text(text: str, matters: Callable[[Sequence[str]], object]) -> Iterator[Table]:
    """As pandas and polars print them, with separators, or as CSV: a line that must be a header, and what follows."""
    lines = [line for line in text.split("\n", MAX_LINES)[:MAX_LINES] if line.strip()]
    for match in _SERIES.finditer(text):
        if matters([match[1]]) and not _are_statistics(line.split()[0] for line in lines):
            yield Table(columns=[match[1]], rows=len(lines) - 1)
    for index, line in enumerate(lines):
        separator = _separator(line)
        columns = [part.strip(' "') for part in line.split(separator)] if separator else _printed(line)
        if not matters(columns) or any(map(_is_no_column, columns)):
            continue
        following = lines[index + 1 :]
        if separator:
            rows = sum(each.count(separator) == len(columns) - 1 for each in following)
        else:
            rows = sum(_is_row(each, max(len(columns), 2)) for each in following)
        if not _are_statistics(each.split()[0] for each in following):
            yield Table(columns=columns, rows=rows)


def _printed(line: str) -> list[str]:
    columns = [part for part in _SPLIT.split(line.strip()) if part]
    # A word on a line of its own may be anything; pandas indents the header by the width of the index.
    return columns if len(columns) > 1 or line[:1].isspace() else []


def _separator(line: str) -> str | None:
    for separator in (",", ";", "\t"):
        parts = line.split(separator)
        # Names of columns have no blanks after a comma, unlike sentences.
        if len(parts) > 1 and not any(part.startswith(" ") or part.endswith(" ") for part in parts):
            return separator
    return None


def _is_row(line: str, least: int) -> bool:
    parts = [part for part in _SPLIT.split(line.strip()) if part]
    is_of_types = bool(parts) and all(_TYPES.fullmatch(part) for part in parts)
    return len(line.split()) >= least and not set(line) <= _RULER and not is_of_types


def _is_no_column(text: str) -> bool:
    return len(text) > MAX_COLUMN_CHARACTERS or _NO_COLUMN.fullmatch(text) is not None


def _are_statistics(labels: Iterable[str]) -> bool:
    return len(_STATISTICS.intersection(labels)) >= 3


def _of_records(text: str) -> Iterator[Table]:
    """Objects with the same keys again and again, or keys with lists of values."""
    counts = Counter(match[1] for match in _KEY.finditer(text))
    if repeated := {key: count for key, count in counts.items() if count > 1}:
        yield Table(columns=list(repeated), rows=max(repeated.values()))
    if keys := dict.fromkeys(match[1] for match in _KEY_OF_LIST.finditer(text)):
        yield Table(columns=list(keys), rows=2)
