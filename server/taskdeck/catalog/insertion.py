"""An entry put into the text of a configuration file, or taken out: all else stays as its author wrote it. Pure."""

from __future__ import annotations

import json
import re
from typing import Any

from taskdeck.catalog import positions
from taskdeck.catalog.reader import Node, Reader

DEFAULT_INDENT = "  "
_BOM = "\ufeff"


class CannotInsert(ValueError):
    """The text is no document that an entry could be put into; the message says why."""


def put(text: str, key: str, entry: dict[str, Any]) -> str:
    """The text with ``entry`` in its list ``key``: in place of the entry of the same id, or else as the last one.

    Raises `CannotInsert`.
    """
    bom, content = _without_bom(text)
    written, root, entries = _entries(content, key)
    if entries is None:
        return bom + written.appended(root, [entry], key=key)
    index = _index(written.value[key], entry["id"])
    if index is not None:
        assert isinstance(entries.children, list), "the value is a list"
        return bom + written.replaced(entries.children[index], entry)
    return bom + written.appended(entries, entry)


def remove(text: str, key: str, id_: str) -> str:
    """The text without the entry of this id in its list ``key``, which has one. Raises `CannotInsert`."""
    bom, content = _without_bom(text)
    written, _, entries = _entries(content, key)
    index = None if entries is None else _index(written.value[key], id_)
    if entries is None or index is None:
        raise CannotInsert(f"there is no {id_!r} in the list {key!r}")
    return bom + written.without(entries, index)


def _without_bom(text: str) -> tuple[str, str]:
    content = text.removeprefix(_BOM)
    return text[: len(text) - len(content)], content if content.strip() else "{}\n"


def _entries(content: str, key: str) -> tuple[_Writing, Node, Node | None]:
    """The text, its root, and the list ``key`` if there is one."""
    document = positions.parse(content)
    if document.flaws:
        line, _ = document.position_at(document.flaws[0].offset)
        raise CannotInsert(f"line {line}: {document.flaws[0].message}. Mend it first")
    if not isinstance(document.value, dict) or not isinstance(document.value.get(key, []), list):
        raise CannotInsert(f"it is not an object with the list {key!r}")
    _, root = Reader(content).document()
    assert isinstance(root.children, dict), "the document is an object"
    return _Writing(content, document.value), root, root.children.get(key)


def _index(entries: list[Any], id_: str) -> int | None:
    return next((index for index, each in enumerate(entries) if isinstance(each, dict) and each.get("id") == id_), None)


class _Writing:
    def __init__(self, text: str, value: dict[str, Any]) -> None:
        self.value = value
        self._text = text
        self._newline = "\r\n" if "\r\n" in text else "\n"
        self._unit = _unit(text)

    def replaced(self, node: Node, value: Any) -> str:
        return self._text[: node.start] + self._json(value, self._indent_at(node.start)) + self._text[node.end :]

    def without(self, container: Node, index: int) -> str:
        """Of a list."""
        assert isinstance(container.children, list), "the container is a list"
        children = container.children
        if len(children) == 1:
            start, end = container.start + 1, container.end - 1
        elif index == 0:
            start, end = children[0].start, children[1].start
        else:
            start, end = children[index - 1].end, children[index].end
        return self._text[:start] + self._text[end:]

    def appended(self, container: Node, value: Any, key: str = "") -> str:
        """``value`` as the last child of a list, or under ``key`` of an object."""
        name = f"{json.dumps(key)}: " if key else ""
        children = container.children
        of_container = list(children.values() if isinstance(children, dict) else children or ())
        if not of_container:
            outer = self._indent_at(container.start)
            inner = outer + self._unit
            opening, closing = ("{", "}") if key else ("[", "]")
            body = f"{opening}{self._newline}{inner}{name}{self._json(value, inner)}{self._newline}{outer}{closing}"
            return self._text[: container.start] + body + self._text[container.end :]
        last = of_container[-1]
        first = of_container[0].key_start if of_container[0].key_start >= 0 else of_container[0].start
        if self._is_first_on_line(first):
            indent = self._indent_at(first)
            addition = f",{self._newline}{indent}{name}{self._json(value, indent)}"
        else:
            addition = f", {name}{json.dumps(value, ensure_ascii=False)}"
        return self._text[: last.end] + addition + self._text[last.end :]

    def _json(self, value: Any, indent: str) -> str:
        lines = json.dumps(value, indent=self._unit, ensure_ascii=False).split("\n")
        return f"{self._newline}{indent}".join(lines)

    def _indent_at(self, offset: int) -> str:
        """The white space that the line begins with."""
        start = self._text.rfind("\n", 0, offset) + 1
        match = re.compile(r"[ \t]*").match(self._text, start)
        return match[0] if match else ""

    def _is_first_on_line(self, offset: int) -> bool:
        start = self._text.rfind("\n", 0, offset) + 1
        return start > 0 and not self._text[start:offset].strip()


def _unit(text: str) -> str:
    """By how much the first indented line is indented."""
    match = re.search(r"\n([ \t]+)\S", text)
    return match[1] if match else DEFAULT_INDENT
