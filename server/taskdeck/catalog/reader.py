"""Reads JSON strictly, and as much as can be read where it is damaged.

Whatever JSON does not allow is a `Flaw`. But one flaw does not hide the rest: where the meaning is beyond doubt (a
trailing comma, a missing one) the reader goes on; otherwise it gives up the innermost element and resumes at the next
one of the same list or object, which it recognises by its indentation. It never raises, however large, deep or broken
the text is. Standard library only.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from taskdeck.model.wording import quote

MAX_DEPTH = 64
MAX_FLAWS = 100
MAX_NUMBER_CHARACTERS = 300

_SPACE = re.compile(r"[ \t\n\r]*")
_PLAIN_STRING = re.compile(r'"([^"\\\x00-\x1f\ud800-\udfff]*)"')
_STRING = re.compile(r'"((?:[^"\\\n\r]|\\[^\n\r])*)"')
_STRING_FLAW = re.compile(r'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})|\\.|[\x00-\x1f\udc80-\udcff]')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?(?![\w.+-])", re.ASCII)
_WORD = re.compile(r"[\w.+-]+")
_BADLY_QUOTED = re.compile(r"""'([^'"\\\n\r]*)'|([A-Za-z_]\w*)"?(?=[ \t]*:)""")
_LINE_END = "the end of the line"
_FILE_END = "the end of the file"
_ENDS = (_LINE_END, _FILE_END)
_CONSTANTS = {"true": True, "false": False, "null": None}
_PYTHON_CONSTANTS = {"True": "true", "False": "false", "None": "null"}


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """A place where the text is not JSON; ``offset`` in characters."""

    offset: int
    message: str
    expected: str = ""
    found: str = ""


@dataclass(slots=True)
class Node:
    """Where a value is: from ``start`` to ``end``, its key at ``key_start``; its children by key or index."""

    start: int
    end: int = -1
    key_start: int = -1
    children: dict[str, Node] | list[Node] | None = None
    ends_badly: bool = False
    """Its closer is missing or came too early: what is wrong at ``end`` is still wrong with it."""


class _Damage(Exception):
    """An element cannot be read to its end. Its flaw is reported already; ``value`` and ``node`` are what there is."""

    def __init__(self, offset: int) -> None:
        self.offset = offset
        self.value: Any = None
        self.node: Node | None = None


@dataclass
class _Container:
    """A list or object that is being read."""

    start: int
    closer: str
    items: Any
    node: Node
    comma: int | None = None
    """Offset of the comma just read."""
    first: int | None = None
    """Offset of the first element."""
    last: Node | None = None
    """The element just read."""

    @property
    def is_object(self) -> bool:
        return self.closer == "}"

    def spread_damage(self, offset: int) -> None:
        """What was skipped up to ``offset`` may have been a part of the elements before it."""
        children = list(
            self.node.children.values() if isinstance(self.node.children, dict) else self.node.children or ()
        )
        for child in reversed(children):
            child.end = max(child.end, offset)
            if child.children is not None:
                break

    def add(self, key: str | None, value: Any, node: Node) -> None:
        self.last = node
        if key is None:
            self.items.append(value)
        else:
            self.items[key] = value
        if isinstance(self.node.children, dict):
            self.node.children[key or ""] = node
        elif self.node.children is not None:
            self.node.children.append(node)


@dataclass
class Reader:
    text: str
    is_secret: bool = False
    """The text holds passwords: flaws tell what is wrong and where, but quote nothing of it."""
    at: int = 0
    flaws: list[Flaw] = field(default_factory=list)
    open: list[_Container] = field(default_factory=list)
    """The containers being read, from the outermost to the innermost."""

    def document(self) -> tuple[Any, Node]:
        try:
            self._skip_space()
            value, node = self._value()
            self._skip_space()
            if self.at < len(self.text):
                self._flaw(self.at, "Text after the end of the document", _FILE_END, self._found())
            return value, node
        except _Damage as damage:
            node = damage.node or Node(0)
            node.end = len(self.text)
            self._tell_that_the_rest_is_lost()
            return damage.value, node

    # Values

    def _value(self) -> tuple[Any, Node]:
        character = self.text[self.at : self.at + 1]
        node = Node(self.at)
        value: Any
        if character == '"':
            value = self._string()
        elif character and character in "{[":
            value = self._container(node)
        elif number := _NUMBER.match(self.text, self.at):
            value = self._number(number)
        else:
            value = self._constant()
        node.end = self.at
        return value, node

    def _string(self) -> str:
        if plain := _PLAIN_STRING.match(self.text, self.at):
            self.at = plain.end()
            return plain[1]
        start = self.at
        match = _STRING.match(self.text, start)
        if match is None:
            raise self._damage(start, "A text is not closed on its line", '"', _LINE_END)
        self.at = match.end()
        for flaw in _STRING_FLAW.finditer(match[1]):
            if self._string_flaw(start + 1 + flaw.start(), flaw[0]):
                return match[1]
        value: str = json.loads(match[0])
        if any("\ud800" <= character <= "\udfff" for character in value):
            self._flaw(start, "A text holds half of a Unicode character", "whole characters")
        return value

    def _string_flaw(self, offset: int, characters: str) -> bool:
        if characters == "\\":
            found = self.text[offset : offset + 2]
            self._flaw(offset, "A backslash in a text has to be written twice", "\\\\", found)
        elif "\udc80" <= characters <= "\udcff":
            self._flaw(offset, "The file is not UTF-8", "UTF-8", f"the byte 0x{ord(characters) - 0xDC00:02X}")
        elif characters < " ":
            self._flaw(
                offset, "A text holds a control character", "\\t" if characters == "\t" else "", repr(characters)
            )
        else:
            return False
        return True

    def _number(self, match: re.Match[str]) -> int | float:
        self.at = match.end()
        if len(match[0]) > MAX_NUMBER_CHARACTERS:
            self._flaw(match.start(), "This number is too long")
            return 0
        if match[1] is None and match[2] is None:
            return int(match[0])
        number = float(match[0])
        if not math.isfinite(number):
            self._flaw(match.start(), "This number is too large")
        return number

    def _constant(self) -> bool | str | None:
        word = _WORD.match(self.text, self.at)
        written = word[0] if word else ""
        if word and written in _CONSTANTS:
            self.at = word.end()
            return _CONSTANTS[written]
        if word and written in _PYTHON_CONSTANTS:
            self._flaw(self.at, "JSON writes this in lower case", _PYTHON_CONSTANTS[written], written)
            self.at = word.end()
            return _CONSTANTS[_PYTHON_CONSTANTS[written]]
        if quoted := _BADLY_QUOTED.match(self.text, self.at):
            return self._badly_quoted(quoted)
        raise self._unexpected("A value is missing or not JSON", "a value")

    def _badly_quoted(self, match: re.Match[str]) -> str:
        text: str = match[1] or match[2] or ""
        expected = "" if self.is_secret else f'"{text}"'
        self._flaw(self.at, "Keys and texts stand in double quotes", expected, match[0])
        self.at = match.end()
        return text

    # Lists and objects

    def _container(self, node: Node) -> Any:
        opener = self.text[self.at]
        if len(self.open) >= MAX_DEPTH:
            raise self._damage(self.at, f"Lists and objects are nested more than {MAX_DEPTH} levels deep")
        container = (
            _Container(start=self.at, closer="}", items={}, node=node)
            if opener == "{"
            else _Container(start=self.at, closer="]", items=[], node=node)
        )
        node.children = {} if opener == "{" else []
        self.at += 1
        self.open.append(container)
        try:
            self._elements(container)
        finally:
            self.open.pop()
        return container.items

    def _elements(self, container: _Container) -> None:
        while True:
            try:
                if self._step(container):
                    return
            except _Damage as damage:
                if not self._resume(container, damage.offset):
                    container.node.end = len(self.text)
                    damage.value, damage.node = container.items, container.node
                    raise
                container.spread_damage(self.at)

    def _step(self, container: _Container) -> bool:
        """Reads one element with what separates it from the one before, or the end of the container (True)."""
        if len(self.flaws) >= MAX_FLAWS:
            raise _Damage(self.at)
        self._skip_space()
        if self.text.startswith(container.closer, self.at):
            if container.comma is not None:
                self._flaw(container.comma, f"A comma before {container.closer!r} is one too many", "", "','")
            self.at += 1
            return True
        if self._is_closer_missing(container):
            return True
        if container.last is not None and container.comma is None:
            self._flaw(container.last.end, "A comma is missing", "','", self._found())
            # Between two objects of a list there is nothing but a comma missing; otherwise the first one may be cut.
            container.last.ends_badly = not self.text.startswith("{", self.at)
        if container.first is None:
            container.first = self.at
        container.comma = None
        self._element(container)
        self._skip_space()
        if self.text.startswith(",", self.at):
            container.comma = self.at
            self.at += 1
        return False

    def _element(self, container: _Container) -> None:
        key_start = self.at
        key = self._key(container) if container.is_object else None
        try:
            value, node = self._value()
        except _Damage as damage:
            node = damage.node or Node(key_start)
            node.end = max(node.end, damage.offset + 1)
            self._add(container, key, damage.value, node, key_start)
            raise
        self._add(container, key, value, node, key_start)

    def _add(self, container: _Container, key: str | None, value: Any, node: Node, key_start: int) -> None:
        if key is not None:
            node.key_start = key_start
            if key in container.items:
                self._flaw(key_start, f"The key{self._name(key)} is used twice in one object")
        container.add(key, value, node)

    def _key(self, container: _Container) -> str:
        if self.text.startswith('"', self.at):
            key = self._string()
        elif quoted := _BADLY_QUOTED.match(self.text, self.at):
            key = self._badly_quoted(quoted)
        else:
            raise self._unexpected("A key is missing", "a key in double quotes")
        self._skip_space()
        if not self.text.startswith(":", self.at):
            raise self._unexpected(f"A colon is missing after the key{self._name(key)}", "':'")
        self.at += 1
        self._skip_space()
        return key

    def _is_closer_missing(self, container: _Container) -> bool:
        """Whether the container ends here without its closer. If so, goes back to the end of its last element."""
        end = container.last.end if container.last else container.start + 1
        if self.at >= len(self.text):
            opener, line = self.text[container.start], self._line_number(container.start)
            self._flaw(end, f"The {opener!r} of line {line} is never closed", repr(container.closer), _FILE_END)
        elif container.last is None or (container.comma is not None and self._begins_element(container, self.at)):
            return False
        elif self._is_dedented(container):
            if self.text[self.at] in "]}" and self._is_below(container):
                self._flaw(self.at, "This bracket is of the wrong kind", repr(container.closer), self._found())
                self.at += 1
                return True
            if not any(self._continues(outer) for outer in self.open[:-1]):
                raise self._unexpected("This does not belong here", f"',' or {container.closer!r}")
            self._flaw(end, f"A {container.closer!r} is missing", repr(container.closer), self._found())
        elif container.comma is None and not self._begins_element(container, self.at):
            raise self._unexpected("This does not belong here", f"',' or {container.closer!r}")
        else:
            return False
        self.at = end
        container.node.ends_badly = True
        return True

    def _is_dedented(self, container: _Container) -> bool:
        """Whether this line begins left of the container's elements: then it is no part of the container."""
        here = self._indentation(self.at)
        first = None if container.first is None else self._indentation(container.first)
        return here is not None and first is not None and here < first

    def _continues(self, container: _Container) -> bool:
        """Whether this place, first on its line, is laid out as the next element of the container, or as its closer."""
        if self.text.startswith(container.closer, self.at):
            return self._is_below(container)
        if container.first is None or self._indentation(self.at) != self._indentation(container.first):
            return False
        ends_here = [self.text.startswith(("\n", "\r"), offset + 1) for offset in (container.first, self.at)]
        return self._begins_element(container, self.at) and ends_here[0] == ends_here[1]

    def _is_below(self, container: _Container) -> bool:
        """Whether this place, first on its line, is right below the first character of the container's first line."""
        start = self._line_start(container.start)
        while self.text[start] in " \t":
            start += 1
        return self._indentation(self.at) == start - self._line_start(start)

    # Damage

    def _resume(self, container: _Container, offset: int) -> bool:
        """Moves to the next element of the container after the damaged line, or to its closer; False: there is none."""
        if len(self.flaws) >= MAX_FLAWS:
            return False
        container.comma = None
        indentation = None if container.first is None else self._indentation(container.first)
        if indentation is None:
            return False
        for start in self._lines_after(offset):
            here = start - self._line_start(start)
            if here == indentation and self._begins_element(container, start):
                # As after a comma, which the damaged line may have swallowed.
                self.at = container.comma = start
                return True
            if here < indentation:
                self.at = start
                return self.text.startswith(container.closer, start)
        return False

    def _lines_after(self, offset: int) -> Iterator[int]:
        """Offsets of the first characters of the lines after the one with ``offset``, empty lines left out."""
        end = self.text.find("\n", offset)
        while end >= 0:
            start = end + 1
            while self.text.startswith((" ", "\t"), start):
                start += 1
            if start < len(self.text) and self.text[start] not in "\r\n":
                yield start
            end = self.text.find("\n", start)

    def _begins_element(self, container: _Container, offset: int) -> bool:
        character = self.text[offset]
        return character == '"' or (not container.is_object and (character in "{[-tfn" or character.isdecimal()))

    def _indentation(self, offset: int) -> int | None:
        """The number of characters before ``offset`` if they are all white space; None inside of a line."""
        start = self._line_start(offset)
        return None if self.text[start:offset].strip(" \t") else offset - start

    def _line_number(self, offset: int) -> int:
        return self.text.count("\n", 0, offset) + 1

    def _line_start(self, offset: int) -> int:
        return self.text.rfind("\n", 0, offset) + 1

    def _skip_space(self) -> None:
        match = _SPACE.match(self.text, self.at)
        assert match is not None
        self.at = match.end()

    # Flaws

    def _unexpected(self, message: str, expected: str) -> _Damage:
        rest = self.text[self.at : self.at + 2]
        if rest in ("//", "/*") or rest[:1] == "#":
            message = "JSON has no comments"
        elif rest and "\udc80" <= rest[0] <= "\udcff":
            message, expected = "The file is not UTF-8", "UTF-8"
        return self._damage(self.at, message, expected, self._found())

    def _damage(self, offset: int, message: str, expected: str = "", found: str = "") -> _Damage:
        self._flaw(offset, message, expected, found)
        return _Damage(offset)

    def _flaw(self, offset: int, message: str, expected: str = "", found: str = "") -> None:
        """Reports a flaw, unless its line has one already: what follows a flaw on its line is mostly its echo."""
        if self.flaws and self._line_start(self.flaws[-1].offset) == self._line_start(offset):
            return
        if self.is_secret and found not in _ENDS:
            found = ""
        self.flaws.append(Flaw(offset=offset, message=message, expected=expected, found=found))

    def _name(self, key: str) -> str:
        # Where something is missing, a value may have been read as a key.
        return "" if self.is_secret else f" {quote(key)}"

    def _found(self) -> str:
        if self.at >= len(self.text):
            return _FILE_END
        character = self.text[self.at]
        if "\udc80" <= character <= "\udcff":
            return f"the byte 0x{ord(character) - 0xDC00:02X}"
        if string := _PLAIN_STRING.match(self.text, self.at):
            return quote(string[1])
        word = _WORD.match(self.text, self.at)
        return quote(word[0] if word else character)

    def _tell_that_the_rest_is_lost(self) -> None:
        last = self.flaws[-1]
        message = f"{last.message}; nothing after this can be read"
        self.flaws[-1] = Flaw(offset=last.offset, message=message, expected=last.expected, found=last.found)
