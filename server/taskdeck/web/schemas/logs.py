"""Lines of a run's log on the wire."""

from __future__ import annotations

from pydantic import Field

from taskdeck.execution.log_lines import Level, Source
from taskdeck.web.schemas.shape import MAX_NUMBER, Answer, Request, Timestamp

MAX_LINES_PER_PAGE = 1000
MAX_TEXT = 1000


class LogQuery(Request):
    before: int | None = Field(default=None, ge=1, le=MAX_NUMBER)
    """Lines with smaller numbers, those nearest to it. Without it and ``after``: the end of the log."""
    after: int | None = Field(default=None, ge=0, le=MAX_NUMBER)
    """Lines with greater numbers, those nearest to it."""
    limit: int = Field(default=200, ge=1, le=MAX_LINES_PER_PAGE)
    level: Level = "debug"
    """Only lines of this level or a worse one. What stderr gets is a warning."""
    source: Source | None = None
    """Only lines of this source."""


class LogSearch(LogQuery):
    q: str = Field(min_length=1, max_length=MAX_TEXT)
    """The text to look for: plain text, not a pattern; colours in between do not matter."""
    case_sensitive: bool = False


class OpenLine(Answer):
    """A line that is still being written. It gets its number when it is complete."""

    at: Timestamp
    source: Source
    level: Level
    text: str
    """Perhaps with ANSI colours; at most 20,000 characters."""


class LogLine(OpenLine):
    """A complete line."""

    number: int
    """Counts from 1 in the whole log, and never changes."""
    seq: int
    """The event that completed it."""


class LogPage(Answer):
    lines: list[LogLine]
    """In the order of the log."""
    first: int
    """The numbers ``first`` to ``last`` were looked through, and ``lines`` are all that fit there …"""
    last: int
    """… Where the answer does not reach as far as was asked, go on with it as ``before`` or ``after``."""
    line_count: int
    """Complete lines of the log by now."""
    open_lines: list[OpenLine]
    """Those of a run that goes on, where the answer reaches the end of the log."""
    ended: bool
    """The run has ended: the log does not grow any more."""
