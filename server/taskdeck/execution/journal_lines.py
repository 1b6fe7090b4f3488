"""The lines of a journal, as far as the recorder has to understand them.

A task can write to its own journal, so each line is checked to be what it should be: what is in the store is handed
on to browsers as it stands. Nearly all lines of a long journal are messages, and those are checked by a pattern that
matches nothing but a complete, well-formed message; decoding each would take several times as long.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple, NoReturn, cast

from taskdeck.execution import log_lines
from taskdeck.execution.log_lines import Level, LogLine
from taskdeck.model import event
from taskdeck.model.event import WireEvent
from taskdeck.model.run import RunStatus

_PLAIN_MESSAGE = re.compile(
    rb'\{"seq":([1-9][0-9]{0,15}),"at":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z)",'
    rb'"attempt":([0-9]{1,9}),"type":"message","level":"(debug|info|warning|error)",'
    # No escapes: then a message is one line of the log, too.
    rb'"text":"([^"\\\x00-\x1f]*)","source":"(?:task|taskdeck)"\}'
)


_LEVELS = {level.encode(): level for level in log_lines.LEVELS}


class CorruptJournal(Exception):
    """A complete line of a journal is not an event; the message names the file and the place."""


class JournalLine(NamedTuple):
    """An event of a journal; ``text`` is its line, without newline."""

    seq: int
    text: bytes
    attempt: int
    level: str
    """Of a message; empty for other events."""
    wire: WireEvent | None
    """``None``: a message of one line, not decoded."""


def parse(data: bytes, path: Path, offset: int) -> list[JournalLine]:
    """The events of complete lines that begin at ``offset``. Raises `CorruptJournal`."""
    if not _is_utf8(data):
        return [_parse(line, path, offset) for line in data.split(b"\n")[:-1]]
    return [_plain(line) or _parse(line, path, offset) for line in data.split(b"\n")[:-1]]


def parse_stored(data: bytes) -> list[JournalLine]:
    """The events of a chunk's lines, which were checked when they were recorded."""
    found = []
    for line in data.split(b"\n")[:-1]:
        plain = _plain(line)
        if plain is None:
            wire = event.decode(line)
            plain = JournalLine(wire["seq"], line, wire["attempt"], wire.get("level", ""), wire)
        found.append(plain)
    return found


def _plain(line: bytes) -> JournalLine | None:
    match = _PLAIN_MESSAGE.fullmatch(line)
    if match is None:
        return None
    seq, attempt, level = match.group(1, 3, 4)
    return JournalLine(int(seq), line, int(attempt), _LEVELS[level], None)


def plain_message(line: bytes, attempt: int) -> LogLine | None:
    """The one line of the log that a recorded message of this attempt is; ``None`` when it takes more to tell."""
    plain = _PLAIN_MESSAGE.fullmatch(line)
    if plain is None or int(plain[3]) != attempt:
        return None
    return LogLine(
        seq=int(plain[1]),
        at=plain[2].decode(),
        source="message",
        level=cast("Level", plain[4].decode()),
        text=log_lines.cut(plain[5].decode()),
    )


def _parse(line: bytes, path: Path, offset: int) -> JournalLine:
    try:
        wire: WireEvent = json.loads(line.decode("utf-8"), parse_constant=_refuse)
        seq, attempt = wire["seq"], wire["attempt"]
        if not (type(seq) is int and type(attempt) is int and isinstance(wire["type"], str)):
            raise TypeError("seq, attempt or type is not what it should be")
        if not isinstance(wire["at"], str):
            raise TypeError("at is not what it should be")
        level = ""
        if wire["type"] == "status":
            RunStatus(wire["status"])
            str(wire["reason"])
            event.moment(wire)
        if wire["type"] == "facts":
            dict(wire["facts"])
        if wire["type"] == "message":
            level = str(wire["level"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise damaged(path, offset) from error
    return JournalLine(seq, line, attempt, level, wire)


def damaged(path: Path, offset: int) -> CorruptJournal:
    return CorruptJournal(
        f"The run's journal was damaged: after byte {offset} of {path.name} stands a line that is no event."
    )


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
