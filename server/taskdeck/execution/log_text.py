"""A run's log as the plain text that ``/log`` serves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from taskdeck.execution.log_lines import Log, LogLine
from taskdeck.model.event import WireEvent

_LABELS = {"stdout": "STDOUT", "stderr": "STDERR", "cell": "CELL", "progress": "PROGRESS", "output": "OUTPUT"}


def lines(events: Iterable[WireEvent]) -> Iterator[str]:
    """One line of text each, without newline: ``2026-11-21T10:00:00.123Z INFO    text``.

    The lines are those that `log_lines` defines, in their order, so that the hundredth line of the text has the
    number 100; those that are still open come last.
    """
    log = Log()
    for event in events:
        for line in log.take(event):
            yield text_of(line)
    for line in log.rest():
        yield text_of(line)


def text_of(line: LogLine) -> str:
    label = line.level.upper() if line.source == "message" else _LABELS.get(line.source, line.source.upper())
    return f"{line.at} {label:7} {line.plain_text}"
