"""JSON in which everything has a position. Standard library only."""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from taskdeck.catalog.reader import MAX_DEPTH, MAX_NUMBER_CHARACTERS, Flaw, Node, Reader

_SUSPECT = re.compile(r"[\ud800-\udfff]|\\u[dD][89a-fA-F]")
"""Characters, or escapes of characters, that may be halves of one."""


class Position(NamedTuple):
    """Both count from 1; columns are characters."""

    line: int
    column: int


@dataclass(frozen=True)
class Document:
    """A text read as JSON. ``value`` holds what could be recovered where there are ``flaws``."""

    text: str
    value: Any
    flaws: tuple[Flaw, ...] = ()

    def position(self, path: Sequence[str | int], *, of_key: bool = False) -> Position:
        """Of the value at ``path`` (or of its key); of the nearest container if there is no such value."""
        node = self._root
        for step in path:
            child = _child(node, step)
            if child is None:
                return self.position_at(node.start)
            node = child
        return self.position_at(node.key_start if of_key and node.key_start >= 0 else node.start)

    def position_at(self, offset: int) -> Position:
        line = bisect_right(self._line_starts, offset)
        return Position(line, offset - self._line_starts[line - 1] + 1)

    def flaws_in(self, path: Sequence[str | int]) -> tuple[Flaw, ...]:
        """The flaws between the beginning and the end of the value at ``path``, its key included."""
        if not self.flaws:
            return ()
        node: Node | None = self._root
        for step in path:
            node = _child(node, step) if node else None
        if node is None:
            return ()
        start = node.key_start if node.key_start >= 0 else node.start
        return tuple(flaw for flaw in self.flaws if start <= flaw.offset < node.end + node.ends_badly)

    @cached_property
    def _root(self) -> Node:
        return Reader(self.text).document()[1]

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", self.text))]


def parse(text: str, *, is_secret: bool = False) -> Document:
    """Reads a text. Bytes that were not UTF-8 are expected as lone surrogates (``errors="surrogateescape"``).

    The flaws of a secret text quote nothing of it.
    """
    try:
        return Document(text, _parse_flawless(text))
    except (ValueError, RecursionError):
        reader = Reader(text, is_secret=is_secret)
        value, _ = reader.document()
        return Document(text, value, tuple(sorted(reader.flaws, key=lambda flaw: flaw.offset)))


def _parse_flawless(text: str) -> Any:
    """What `Reader` would read, twenty times as fast. Raises ValueError or RecursionError on any flaw."""
    if _SUSPECT.search(text):
        raise ValueError
    value = json.loads(text, object_pairs_hook=_distinct, parse_constant=_refuse, parse_int=_int, parse_float=_float)
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for container in level for child in _children(container) if isinstance(child, dict | list)]
        if not level:
            return value
    raise ValueError


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    items = dict(pairs)
    if len(items) < len(pairs):
        raise ValueError
    return items


def _refuse(_: str) -> None:
    raise ValueError


def _int(digits: str) -> int:
    if len(digits) > MAX_NUMBER_CHARACTERS:
        raise ValueError
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if len(digits) > MAX_NUMBER_CHARACTERS or not math.isfinite(number):
        raise ValueError
    return number


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _child(node: Node, step: str | int) -> Node | None:
    if isinstance(node.children, dict):
        return node.children.get(str(step))
    if isinstance(node.children, list) and isinstance(step, int) and step < len(node.children):
        return node.children[step]
    return None
