"""Searching texts without regard to case, in all alphabets, on both databases."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from sqlalchemy import ColumnElement, Text, case, cast, func, or_
from sqlalchemy.dialects.postgresql import JSONB

_NOT_UNESCAPED = r"\\u(0000|d[89a-f])"


def has(column: ColumnElement[Any], word: str, dialect: str) -> ColumnElement[bool]:
    """Whether the word is part of a text."""
    if dialect == "sqlite":
        return func.instr(func.taskdeck_folded(column), word.casefold()) > 0
    return column.ilike(_pattern(word), escape="^")


def has_json(column: ColumnElement[Any], word: str, dialect: str) -> ColumnElement[bool]:
    """Whether the word is part of a value that is JSON.

    It is stored in ASCII, where an escape of a capital letter is not the one of the small letter: so it is unescaped.
    """
    text = cast(column, Text)
    # A quotation mark has a backslash before it, there and here.
    in_json = json.dumps(word, ensure_ascii=False)[1:-1]
    if dialect == "sqlite":
        return func.instr(func.taskdeck_folded_json(text), in_json.casefold()) > 0
    # What PostgreSQL cannot unescape stays as it is: a zero byte, and halves of pairs, some of which are good pairs.
    shown = case((text.regexp_match(_NOT_UNESCAPED), text), else_=cast(cast(column, JSONB), Text))
    found = shown.ilike(_pattern(in_json), escape="^")
    return found if word.isascii() else or_(found, text.ilike(_pattern(json.dumps(word)[1:-1]), escape="^"))


def register(connection: sqlite3.Connection) -> None:
    """SQLite itself knows the letters of ASCII alone."""
    connection.create_function("taskdeck_folded", 1, _folded, deterministic=True)
    connection.create_function("taskdeck_folded_json", 1, _folded_json, deterministic=True)


def _folded(text: str | None) -> str | None:
    return None if text is None else text.casefold()


def _folded_json(text: str | None) -> str | None:
    if text is None or "\\u" not in text:
        return _folded(text)
    shown = json.dumps(json.loads(text), ensure_ascii=False)
    # Half of a pair is no character that SQLite would take.
    return shown.encode("utf-8", "replace").decode().casefold()


def _pattern(word: str) -> str:
    return "%" + word.replace("^", "^^").replace("%", "^%").replace("_", "^_") + "%"
