"""New content in the text of a configuration file: everything else in it stays as its author wrote it. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from taskdeck.catalog import positions
from taskdeck.catalog.reader import Node, Reader

DEFAULT_INDENT = "  "
BOM = "\ufeff"


class CannotRewrite(ValueError):
    """The text is no document that an entry could be put into; the message says why."""


def put(text: str, key: str, entry: dict[str, Any]) -> str:
    """The text with ``entry`` in its list ``key``: in place of the entry of the same id, or else as the last one.

    Raises `CannotRewrite`.
    """
    content = text.removeprefix(BOM)
    document = positions.parse(content if content.strip() else "{}")
    if document.flaws:
        line, _ = document.position_at(document.flaws[0].offset)
        raise CannotRewrite(f"line {line}: {document.flaws[0].message}. Mend it first")
    if not isinstance(document.value, dict) or not isinstance(document.value.get(key, []), list):
        raise CannotRewrite(f"it is not an object with the list {key!r}")
    entries = list(document.value.get(key, []))
    ids = [each.get("id") if isinstance(each, dict) else None for each in entries]
    if entry["id"] in ids:
        entries[ids.index(entry["id"])] = entry
    else:
        entries.append(entry)
    return rewritten(text, {**document.value, key: entries})


def rewritten(text: str, value: Any) -> str:
    """The text, which is JSON without flaws or nothing at all, so that it holds ``value``.

    The keys of an object keep their order, with new ones at its end.
    """
    content = text.removeprefix(BOM)
    bom = text[: len(text) - len(content)]
    if not content.strip():
        content = "{}\n"
    _, root = Reader(content).document()
    old = positions.parse(content).value
    rewriting = _Rewriting(content)
    rewriting.change(root, old, value)
    return bom + rewriting.done()


class _Rewriting:
    """Pieces of a text that others take the place of; they never overlap."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._newline = "\r\n" if "\r\n" in text else "\n"
        self._unit = _unit(text)
        self._pieces: list[tuple[int, int, str]] = []

    def done(self) -> str:
        parts, at = [], 0
        for start, end, piece in sorted(self._pieces, key=lambda each: each[:2]):
            parts += [self._text[at:start], piece]
            at = end
        return "".join([*parts, self._text[at:]])

    def change(self, node: Node, old: Any, new: Any) -> None:
        if _is_same(old, new):
            return
        if isinstance(old, dict) and isinstance(new, dict) and isinstance(node.children, dict):
            if any(key in new for key in old):
                self._change_object(node.children, old, new)
                return
        elif isinstance(old, list) and isinstance(new, list) and isinstance(node.children, list) and old and new:
            self._change_list(node.children, old, new)
            return
        self._pieces.append((node.start, node.end, self._json(new, self._indent_at(node.start))))

    def _change_object(self, nodes: dict[str, Node], old: dict[str, Any], new: dict[str, Any]) -> None:
        """Some of its keys stay."""
        kept = [key for key in old if key in new]
        for key in kept:
            self.change(nodes[key], old[key], new[key])
        members = list(nodes.values())
        self._remove(members, [index for index, key in enumerate(nodes) if key not in new])
        added = [(f"{json.dumps(key, ensure_ascii=False)}: ", value) for key, value in new.items() if key not in old]
        self._add_after(members[0], nodes[kept[-1]], added)

    def _change_list(self, nodes: list[Node], old: list[Any], new: list[Any]) -> None:
        """Elements are the same from both ends on as far as they go; those between take one another's place."""
        shorter = min(len(old), len(new))
        ahead = 0
        while ahead < shorter and _is_same(old[ahead], new[ahead]):
            ahead += 1
        behind = 0
        while behind < shorter - ahead and _is_same(old[-1 - behind], new[-1 - behind]):
            behind += 1
        changed = shorter - ahead - behind
        for index in range(ahead, ahead + changed):
            self.change(nodes[index], old[index], new[index])
        at = ahead + changed
        self._remove(nodes, range(at, len(old) - behind))
        added = [("", value) for value in new[at : len(new) - behind]]
        if at > 0:
            self._add_after(nodes[0], nodes[at - 1], added)
        elif added:
            between = self._between(nodes[0])
            text = "".join(self._member(nodes[0], name, value) + between for name, value in added)
            self._pieces.append((nodes[0].start, nodes[0].start, text))

    def _remove(self, members: Sequence[Node], indices: Sequence[int]) -> None:
        """With the commas; not all of them."""
        gone = set(indices)
        first_kept = next(index for index in range(len(members)) if index not in gone)
        for index in indices:
            if index < first_kept:
                self._pieces.append((_begin(members[index]), _begin(members[index + 1]), ""))
            else:
                self._pieces.append((members[index - 1].end, members[index].end, ""))

    def _add_after(self, first: Node, node: Node, added: Sequence[tuple[str, Any]]) -> None:
        text = "".join(self._between(first) + self._member(first, name, value) for name, value in added)
        if text:
            self._pieces.append((node.end, node.end, text))

    def _between(self, first: Node) -> str:
        """What parts the members of the container that begins with ``first``."""
        if self._is_first_on_line(_begin(first)):
            return f",{self._newline}{self._indent_at(_begin(first))}"
        return ", "

    def _member(self, first: Node, name: str, value: Any) -> str:
        if self._is_first_on_line(_begin(first)):
            return name + self._json(value, self._indent_at(_begin(first)))
        return name + json.dumps(value, ensure_ascii=False)

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


def _begin(node: Node) -> int:
    return node.key_start if node.key_start >= 0 else node.start


def _is_same(old: Any, new: Any) -> bool:
    """Other than ``==``, which takes 1 for true."""
    if type(old) is not type(new):
        return False
    if isinstance(old, dict):
        return old.keys() == new.keys() and all(_is_same(each, new[key]) for key, each in old.items())
    if isinstance(old, list):
        return len(old) == len(new) and all(_is_same(*pair) for pair in zip(old, new, strict=True))
    return bool(old == new)


def _unit(text: str) -> str:
    """By how much the first indented line is indented."""
    match = re.search(r"\n([ \t]+)\S", text)
    return match[1] if match else DEFAULT_INDENT
