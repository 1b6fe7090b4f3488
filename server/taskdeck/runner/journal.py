"""The append-only file of a run's events: numbered, masked, one complete JSON line each."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from taskdeck.model import event
from taskdeck.model.event import Event
from taskdeck.model.trace import Stage
from taskdeck.runner import redaction, wakeup
from taskdeck.runner.masking import Masker
from taskdeck.runner.plain_messages import PlainMessage
from taskdeck.runner.trace import Trace

JOURNAL_NAME = "journal.jsonl"

FLUSH_SECONDS = 0.005
FLUSH_BYTES = 64 * 1024
PREPARATION_SECONDS = 0.02
"""What is said before a task can say something waits so long for it: one turn of all who take part is quicker."""

_PREPARATIONS = (event.Facts, event.NotebookStarted, event.CellStarted)

# As `event.encode` writes a message.
_MESSAGE = b'{"seq":%d,"at":"%s","attempt":%d,"type":"message","level":"%s","text":"%s","source":"task"}\n'

_STAGES: dict[type[Event], Stage] = {
    event.NotebookStarted: Stage.PREPARED,
    event.Facts: Stage.KERNEL_READY,
    event.CellStarted: Stage.CELL_STARTED,
    event.Message: Stage.SAID,
}


class JournalUnwritable(Exception):
    """The journal {path} cannot be written: {error}. Make room in the state directory and run the task again."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__((self.__doc__ or "").format(path=path, error=error.strerror or error))


class Journal:
    """Writes in batches: at once after a pause, else every few milliseconds; then wakes the worker.

    Lives in one event loop. A failed write makes ``broken`` done (with `JournalUnwritable`) instead of raising in
    whoever had something to say; from then on nothing is written. What would make it larger than it may become makes
    ``full`` done; from then on it takes nothing but what ends the attempt.
    """

    def __init__(
        self,
        path: Path,
        *,
        attempt: int,
        first_seq: int,
        masker: Masker,
        run_id: int = 0,
        wakeup_path: Path | None,
        trace: Trace | None = None,
        max_bytes: int | None = None,
    ) -> None:
        """``max_bytes``: what it may hold, with the attempts before. Raises `JournalUnwritable`."""
        self._path = path
        self._attempt = attempt
        self._next_seq = first_seq
        self._masker = masker
        self._run_id = run_id
        self._wakeup_path = wakeup_path
        self._trace = trace or Trace()
        self._untraced = set(_STAGES.values())
        self._loop = asyncio.get_running_loop()
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._flushed_at = 0.0
        self._scheduled: asyncio.Handle | None = None
        self._due = 0.0
        self._max_bytes = max_bytes
        self.broken: asyncio.Future[None] = self._loop.create_future()
        self.full: asyncio.Future[None] = self._loop.create_future()
        try:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            self._end_torn_line()
            self._bytes = os.fstat(self._descriptor).st_size
        except OSError as error:
            raise JournalUnwritable(path, error) from error

    def append(self, happened: Event, *, is_last: bool = False) -> int:
        """Returns the event's ``seq``, of one that is not taken the last before it. ``is_last``: the attempt ends."""
        if self.full.done() and not is_last:
            return self._next_seq - 1
        seq = self._next_seq
        if self._trace.directory is not None:
            self._mark(happened, seq)
        masked = redaction.redact(happened, self._masker)
        line = event.encode(event.to_wire(masked, seq=seq, attempt=self._attempt, at=datetime.now(UTC)))
        if not self._has_room(len(line)) and not is_last:
            return seq - 1
        # Only now: an event that is nested too deeply to be written must leave no gap.
        self._next_seq += 1
        self._put(line, PREPARATION_SECONDS if isinstance(happened, _PREPARATIONS) else 0.0)
        return seq

    def append_plain(self, messages: Sequence[PlainMessage]) -> None:
        """Messages of the task that arrived together, each an event of its own."""
        texts = b"\n".join([message.text for message in messages])
        if not self._masker.is_clean(texts.decode()):
            for message in messages:
                level: Any = message.level.decode()
                self.append(event.Message(level=level, text=message.text.decode()))
            return
        if self._trace.directory is not None:
            self._mark(event.Message(text=""), self._next_seq)
        at = event.timestamp(datetime.now(UTC)).encode()
        lines = []
        size = 0
        for message in messages:
            line = _MESSAGE % (self._next_seq, at, self._attempt, *message)
            if self.full.done() or not self._has_room(size + len(line)):
                break
            lines.append(line)
            size += len(line)
            self._next_seq += 1
        if lines:
            self._put(b"".join(lines))

    def _has_room(self, size: int) -> bool:
        if self._max_bytes is not None and self._bytes + size > self._max_bytes:
            if not self.full.done():
                self.full.set_result(None)
            return False
        return True

    def _put(self, lines: bytes, patience_seconds: float = 0.0) -> None:
        self._pending.append(lines)
        self._pending_bytes += len(lines)
        self._bytes += len(lines)
        if self._pending_bytes >= FLUSH_BYTES:
            self.flush()
        else:
            self._schedule(patience_seconds)

    def _schedule(self, patience_seconds: float) -> None:
        now = self._loop.time()
        due = max(now + patience_seconds, self._flushed_at + FLUSH_SECONDS)
        if self._scheduled is not None:
            if due >= self._due:
                return
            self._scheduled.cancel()
        self._due = due
        self._scheduled = self._loop.call_at(due, self.flush) if due > now else self._loop.call_soon(self.flush)

    def flush(self) -> None:
        """Writes what is pending and wakes the worker."""
        if self._scheduled is not None:
            self._scheduled.cancel()
            self._scheduled = None
        self._flushed_at = self._loop.time()
        lines, self._pending, self._pending_bytes = self._pending, [], 0
        if not lines or self.broken.done():
            return
        try:
            self._write(b"".join(lines))
        except OSError as error:
            self.broken.set_exception(JournalUnwritable(self._path, error))
            return
        self._trace.mark(self._run_id, Stage.JOURNALED, seq=self._next_seq - 1)
        if self._wakeup_path is not None:
            wakeup.ring(self._wakeup_path, self._run_id)

    def close(self) -> None:
        """Everything is on the disk afterwards. Raises `JournalUnwritable`, also for an earlier failure."""
        self.flush()
        try:
            if self.broken.done():
                self.broken.result()
            # A file system that cannot sync (EINVAL) has taken the data all the same.
            with contextlib.suppress(OSError):
                os.fsync(self._descriptor)
        finally:
            os.close(self._descriptor)

    def _mark(self, happened: Event, seq: int) -> None:
        """The first event of each kind that is a stage of the run's start."""
        stage = _STAGES.get(type(happened))
        if isinstance(happened, event.Facts) and "kernel" not in happened.facts:
            return
        if stage is not None and stage in self._untraced:
            self._untraced.discard(stage)
            self._trace.mark(self._run_id, stage, seq=seq)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._descriptor, view) :]

    def _end_torn_line(self) -> None:
        """After an attempt whose runner was killed in the middle of a write, the next line starts on its own."""
        with self._path.open("rb") as file:
            if not file.seekable() or file.seek(0, os.SEEK_END) == 0:
                return
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                self._write(b"\n")
