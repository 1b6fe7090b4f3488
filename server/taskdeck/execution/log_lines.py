"""What a line of a run's log is, and which number it has.

A line is

- each line of a message, one trailing line end apart;
- a line of a stream (``stdout``, ``stderr``; of the process or of a cell, they are one), however many pieces it
  came in, when its line end comes, or when something ends it: a cell that begins or ends, a final status, a new
  attempt;
- the text of an error or of any other output of a cell, line by line;
- one each for progress, a published result, a status, the beginning and the end of a cell, a new attempt.

Lines are numbered from 1 in the order in which they are complete. What is complete has its number for ever: the log
of a running run only grows. An open line has none yet.

So the number of a line follows from the events before it and nothing else, and need not be counted from the
beginning: each chunk of events is stored with the number of lines before it, those within it, and what it leaves
open (`Log.carried`), from which its successor is read. A page of the log takes the chunks it lies in and the open
lines of the one before; however long the log is. Chunks may be joined, and nothing of this changes: the first one's
number of lines before, the sum of those within, the last one's open lines.

Of a line that was rewritten with ``\\r`` the last state stays. It is kept short while it is open, so that an endless
line, which a progress bar is, takes no more room than a long one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

from taskdeck.model.event import WireEvent
from taskdeck.model.run import RunStatus

Source = Literal["message", "stdout", "stderr", "cell", "output", "progress", "status"]
Level = Literal["debug", "info", "warning", "error"]

SOURCES: tuple[Source, ...] = get_args(Source)
LEVELS: tuple[Level, ...] = get_args(Level)

MAX_LINE_CHARACTERS = 20_000
"""Longer lines are cut: the events have the rest."""

_MOST_COUNTED = 1e15

NOTHING_CARRIED = b""

_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_BAD_ENDS = frozenset({RunStatus.FAILED, RunStatus.TIMED_OUT, RunStatus.LOST})


@dataclass(frozen=True, kw_only=True, slots=True)
class LogLine:
    """A complete line."""

    seq: int
    """The event that completed it."""
    at: str
    """When it began, as events have it."""
    source: Source
    level: Level
    text: str
    """Perhaps with ANSI colours."""

    @property
    def plain_text(self) -> str:
        return without_ansi(self.text) if "\x1b" in self.text else self.text


def kind(source: Source, level: Level) -> int:
    """One bit of a number that says which lines there are."""
    return _KINDS[source, level]


_KINDS: dict[tuple[str, str], int] = {
    (source, level): 1 << (place * len(LEVELS) + LEVELS.index(level))
    for place, source in enumerate(SOURCES)
    for level in LEVELS
}


def kinds(*, sources: Iterable[Source] = SOURCES, at_least: Level = "debug") -> int:
    """All kinds of these sources and of this level or a worse one."""
    levels = LEVELS[LEVELS.index(at_least) :]
    return sum(kind(source, level) for source in set(sources) for level in levels)


def without_ansi(text: str) -> str:
    return _ANSI.sub("", text)


@dataclass(frozen=True, kw_only=True)
class _Open:
    at: str
    text: str


class Log:
    """The lines of events that come one after the other."""

    def __init__(self, carried: bytes = NOTHING_CARRIED, notebook: WireEvent | None = None) -> None:
        """``carried``: what the events before left open; ``notebook``: the event `notebook_seq` tells of.

        Without the notebook lines are as many, but cells have no headings.
        """
        content = json.loads(carried) if carried else {}
        self.notebook_seq: int | None = content.get("notebook")
        self._attempt = int(content.get("attempt", 0))
        self._open = {name: _Open(at=at, text=text) for name, at, text in content.get("open", [])}
        self._headings = _headings(notebook["cells"]) if notebook is not None else {}

    @property
    def attempt(self) -> int:
        return self._attempt

    @property
    def carried(self) -> bytes:
        """What lines to come depend on."""
        open_lines = [[name, line.at, line.text] for name, line in self._open.items()]
        content = {"attempt": self._attempt, "notebook": self.notebook_seq, "open": open_lines}
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

    def take(self, event: WireEvent) -> list[LogLine]:
        """The lines that the event completes."""
        return list(self._take(event))

    def count(self, event: WireEvent) -> tuple[int, int]:
        """How many lines the event completes and of which kinds: as `take`, without making them."""
        if event["type"] == "stream" and event["attempt"] <= self._attempt and "\r" not in event["text"]:
            return self._count_stream(event)
        lines = self.take(event)
        found = 0
        for line in lines:
            found |= kind(line.source, line.level)
        return len(lines), found

    def rest(self) -> list[LogLine]:
        """The open lines as they are by now, without changing them."""
        return [_line(0, line.at, *_of_stream(name), line.text) for name, line in self._open.items()]

    def _take(self, event: WireEvent) -> Iterator[LogLine]:
        if event["attempt"] > self._attempt:
            if self._attempt:
                yield from self._close(event)
                yield _line(event["seq"], event["at"], "message", "warning", f"Attempt {event['attempt']}")
            self._attempt = event["attempt"]
        match event["type"]:
            case "stream":
                yield from self._write(event, event["name"], event["text"])
            case "cell_output" if event["output"]["output_type"] == "stream":
                yield from self._write(event, event["output"]["name"], event["output"]["text"])
            case "notebook":
                self.notebook_seq = event["seq"]
                self._headings = _headings(event["cells"])
            case "cell_started" | "cell_finished":
                yield from self._close(event)
                yield from self._whole(event)
            case "status":
                if RunStatus(event["status"]).is_final:
                    yield from self._close(event)
                yield from self._whole(event)
            case _:
                yield from self._whole(event)

    def _whole(self, event: WireEvent) -> Iterator[LogLine]:
        """Lines of a text that is complete in itself."""
        found = self._text(event)
        if found is None:
            return
        source, level, text = found
        for line in text.replace("\r\n", "\n").removesuffix("\n").split("\n"):
            yield _line(event["seq"], event["at"], source, level, line)

    def _text(self, event: WireEvent) -> tuple[Source, Level, str] | None:
        match event["type"]:
            case "message":
                return "message", event["level"], event["text"]
            case "cell_started":
                return "cell", "info", f"Cell {self._heading(event['index'])}"
            case "cell_finished":
                number = self._heading(event["index"]).partition(":")[0]
                level: Level = "error" if event["status"] == "error" else "info"
                return "cell", level, f"Cell {number} {event['status']} after {event['seconds']:.3f} s"
            case "cell_output":
                is_error = event["output"]["output_type"] == "error"
                return "cell", "error" if is_error else "info", describe(event)
            case "progress":
                return "progress", "info", describe(event)
            case "output":
                return "output", "info", describe(event)
            case "status":
                return "status", "error" if event["status"] in _BAD_ENDS else "info", describe(event)
            case _:
                return None

    def _heading(self, index: int) -> str:
        return self._headings.get(index, str(index + 1))

    def _write(self, event: WireEvent, name: str, piece: str | list[str]) -> Iterator[LogLine]:
        text = piece if isinstance(piece, str) else "".join(piece)
        begun = self._open.pop(name, None)
        at = begun.at if begun else event["at"]
        *complete, rest = ((begun.text if begun else "") + text).replace("\r\n", "\n").split("\n")
        for line in complete:
            yield _line(event["seq"], at, *_of_stream(name), line)
            at = event["at"]
        if rest:
            self._open[name] = _Open(at=at, text=cut(_rewritten(rest), "\r" * rest.endswith("\r")))

    def _count_stream(self, event: WireEvent) -> tuple[int, int]:
        name, text = event["name"], event["text"]
        last = text.rfind("\n")
        if last < 0:
            return len(list(self._write(event, name, text))), 0
        self._open.pop(name, None)
        if rest := text[last + 1 :]:
            self._open[name] = _Open(at=event["at"], text=cut(rest))
        return text.count("\n"), kind(*_of_stream(name))

    def _close(self, event: WireEvent) -> Iterator[LogLine]:
        for name, line in self._open.items():
            yield _line(event["seq"], line.at, *_of_stream(name), line.text)
        self._open = {}


def _number(value: float) -> str:
    """A count in full, of anything else six digits."""
    return f"{value:,.0f}" if abs(value) < _MOST_COUNTED and value == int(value) else f"{value:g}"


def describe(event: WireEvent) -> str:
    """One event in one line or more, as a person wants to read it; empty for those that only a program needs."""
    match event["type"]:
        case "message":
            return str(event["text"])
        case "progress":
            share = _number(event["current"]) + (f" of {_number(event['total'])}" if event["total"] is not None else "")
            return f"{share} {event['text']}".rstrip()
        case "output":
            return f"Published {event['kind']} {event['name']}"
        case "status":
            return str(event["status"]) + (f": {event['reason']}" if event["reason"] else "")
        case "cell_output":
            return _output_text(event["output"])
        case _:
            return ""


def _output_text(output: dict[str, Any]) -> str:
    match output["output_type"]:
        case "stream":
            return str(output["text"])
        case "error":
            return "\n".join(output["traceback"]) or f"{output['ename']}: {output['evalue']}"
        case _:
            text = output["data"].get("text/plain", f"({', '.join(output['data'])})")
            return "".join(text) if isinstance(text, list) else str(text)


def _headings(cells: Iterable[dict[str, Any]]) -> dict[int, str]:
    """By index, the number of each code cell as people count (from 1, texts left out) and how it begins."""
    code = (cell for cell in cells if cell["cell_type"] == "code")
    return {cell["index"]: _heading(number, cell.get("source", "")) for number, cell in enumerate(code, start=1)}


def _heading(number: int, source: str) -> str:
    first = next((line.strip() for line in source.split("\n") if line.strip()), "")
    return f"{number}: {first}" if first else str(number)


def _of_stream(name: str) -> tuple[Source, Level]:
    return ("stderr", "warning") if name == "stderr" else ("stdout", "info")


def _line(seq: int, at: str, source: Source, level: Level, text: str) -> LogLine:
    return LogLine(seq=seq, at=at, source=source, level=level, text=cut(_rewritten(text)))


def _rewritten(line: str) -> str:
    """What is left of a line that was rewritten with ``\\r``."""
    return line.rstrip("\r").rsplit("\r", 1)[-1] if "\r" in line else line


def cut(text: str, end: str = "") -> str:
    """A text of at most `MAX_LINE_CHARACTERS`, and ``end``."""
    return text + end if len(text) <= MAX_LINE_CHARACTERS else f"{text[: MAX_LINE_CHARACTERS - 1]}…{end}"
