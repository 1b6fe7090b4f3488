"""How far one listener of DUFT's stream has come in all runs, as the id of each of its messages says.

A browser whose connection breaks sends the last id that it got. It is a place in the order in which runs left the
queue (`Run.departure`), and where each of those stands that had not ended: all that is later is to come, all else is
over. So nothing has to be kept for a listener that is gone: whatever the server did meanwhile, it goes on there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MAX_OPEN = 100
"""Runs that one listener is told of at a time; the next one begins for it when one of these has ended."""
_TEXT = re.compile(rf"\d{{1,15}}(,\d{{1,15}}\.\d{{1,15}}){{0,{MAX_OPEN}}}", re.ASCII)


@dataclass(kw_only=True)
class Progress:
    """Runs that departed up to ``departure`` are over for the listener, but for those that are ``open``."""

    departure: int = 0
    open: dict[int, int] = field(default_factory=dict)
    """The last event that was told of each of these runs: 0 is its beginning."""

    @property
    def is_full(self) -> bool:
        return len(self.open) >= MAX_OPEN

    def begin(self, run_id: int, departure: int | None, seq: int = 0) -> None:
        """``departure``: ``None`` for a run of an older version."""
        self.departure = max(self.departure, departure or 0)
        self.open[run_id] = seq

    def reach(self, run_id: int, seq: int) -> None:
        if run_id in self.open:
            self.open[run_id] = seq

    def end(self, run_id: int) -> None:
        self.open.pop(run_id, None)

    def text(self) -> str:
        return ",".join([f"{self.departure}", *(f"{run_id}.{seq}" for run_id, seq in self.open.items())])


def parse(text: str) -> Progress | None:
    """What `Progress.text` made; ``None`` if it is nothing of the kind."""
    if not _TEXT.fullmatch(text):
        return None
    departure, *entries = text.split(",")
    open_ = {int(run_id): int(seq) for run_id, seq in (entry.split(".") for entry in entries)}
    return Progress(departure=int(departure), open=open_)
