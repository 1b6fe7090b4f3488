"""How events are cut into what is sent at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from taskdeck.model.event import WireEvent

MAX_EVENTS = 1000
MAX_BYTES = 256 * 1024
_ENVELOPE_BYTES = 120


def split(events: Iterable[WireEvent]) -> Iterator[list[WireEvent]]:
    """Frames of at most `MAX_EVENTS` and about `MAX_BYTES`, in order. An event larger than that is a frame alone."""
    frame: list[WireEvent] = []
    frame_size = 0
    for event in events:
        event_size = size(event)
        if frame and (len(frame) == MAX_EVENTS or frame_size + event_size > MAX_BYTES):
            yield frame
            frame, frame_size = [], 0
        frame.append(event)
        frame_size += event_size
    if frame:
        yield frame


def size(event: WireEvent) -> int:
    """Bytes on the wire, about: texts are only counted, because encoding every event twice costs too much."""
    return _ENVELOPE_BYTES + sum(
        len(value) if isinstance(value, str) else len(json.dumps(value, default=str)) for value in event.values()
    )


class PageSize:
    """How many events to read at once: as many as a frame holds, as far as the last page tells.

    A page of a thousand messages is small, a page of a thousand charts would be a gigabyte.
    """

    def __init__(self) -> None:
        self.limit = 100

    def adapt(self, events: Sequence[WireEvent]) -> None:
        if events:
            average = sum(map(size, events)) / len(events)
            self.limit = max(1, min(MAX_EVENTS, int(MAX_BYTES / average)))
