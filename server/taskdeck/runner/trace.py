"""When each stage of a run was reached, written down by every process that has a part in it. Off unless asked for."""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path

from taskdeck.model.trace import Stage


class Trace:
    """One file a run, ``RUN_ID.jsonl``: ``{"stage": "claimed", "at_ns": …}`` a line, with ``seq`` where there is one.

    The times are the wall clock's, in nanoseconds: the processes of one machine share it. Lines are in the order of
    writing; a stage that comes more than once, like a chunk that is read, has a line for each time.
    """

    def __init__(self, directory: Path | None = None) -> None:
        """``directory``: where the files go, made by `prepare`; ``None`` for no trace."""
        self.directory = directory

    def prepare(self) -> None:
        """Makes the directory. Raises `OSError`."""
        if self.directory is not None:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def mark(self, run_id: int, stage: Stage, *, seq: int | None = None, at_ns: int | None = None) -> None:
        """Notes that the run reached the stage: now, or at ``at_ns``, before its number was known. Never raises.

        ``seq`` is the last event that the stage was about.
        """
        if self.directory is None:
            return
        mark = {"stage": stage, "at_ns": time.time_ns() if at_ns is None else at_ns}
        line = json.dumps(mark if seq is None else {**mark, "seq": seq}).encode() + b"\n"
        # Opened anew each time: web, worker and runner write to the same file, and none knows who is the last.
        with contextlib.suppress(OSError):
            descriptor = os.open(self.directory / f"{run_id}.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(descriptor, line)
            finally:
                os.close(descriptor)
