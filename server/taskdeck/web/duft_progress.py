"""How far one listener of DUFT's stream has come in all runs, as the id of each of its messages says.

A browser whose connection breaks sends the last id that it got. It names every run that is open, so nothing has to be
kept for a listener that is gone: whatever the server did meanwhile, it goes on exactly there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MAX_TEXT = 4000
MAX_WAITING = 1000
UNTOLD = -1
_MAX_WAITING_TOLD = 20
_TEXT = re.compile(r"\d{1,15}(;\d{1,15}(\.\d{1,15})?)*", re.ASCII)


@dataclass(kw_only=True)
class Progress:
    """Runs up to ``up_to`` are over for the listener, but for those that are ``open`` or ``waiting``."""

    up_to: int = 0
    open: dict[int, int] = field(default_factory=dict)
    """The last event of each run that was told: 0 is its beginning, `UNTOLD` less than that."""
    waiting: set[int] = field(default_factory=set)
    """Runs that were overtaken before they began."""

    def begin(self, run_id: int) -> bool:
        """``False``: the listener knows of the run already."""
        if run_id in self.open:
            return False
        if run_id > self.up_to:
            self.waiting.update(range(max(self.up_to + 1, run_id - MAX_WAITING), run_id))
            self.up_to = run_id
        elif run_id in self.waiting:
            self.waiting.discard(run_id)
        else:
            return False
        for oldest in sorted(self.waiting)[: max(0, len(self.waiting) - MAX_WAITING)]:
            self.waiting.discard(oldest)
        self.open[run_id] = UNTOLD
        return True

    def reach(self, run_id: int, seq: int) -> None:
        if run_id in self.open:
            self.open[run_id] = seq

    def end(self, run_id: int) -> None:
        self.open.pop(run_id, None)

    def text(self) -> str:
        """Runs that wait are named as far as that is short: mostly there are none."""
        waiting = sorted(self.waiting)[:_MAX_WAITING_TOLD]
        entries = [f"{run_id}" if seq == UNTOLD else f"{run_id}.{seq}" for run_id, seq in self.open.items()]
        return ";".join([f"{self.up_to}", *entries, *map(str, waiting)])


def parse(text: str) -> Progress | None:
    """What `Progress.text` made; ``None`` if it is nothing of the kind."""
    if len(text) > MAX_TEXT or not _TEXT.fullmatch(text):
        return None
    up_to, *entries = text.split(";")
    progress = Progress(up_to=int(up_to))
    for entry in entries:
        run_id, is_open, seq = entry.partition(".")
        if is_open:
            progress.open[int(run_id)] = int(seq)
        else:
            progress.waiting.add(int(run_id))
    return progress


def from_now_on(newest: int, queued: set[int]) -> Progress:
    """Of who has heard nothing: all that has begun up to the run ``newest`` is over, what is ``queued`` is to come."""
    waiting = {run_id for run_id in queued if run_id <= newest}
    while newest in waiting:
        waiting.discard(newest)
        newest -= 1
    return Progress(up_to=newest, waiting=waiting)
