"""Runs a script: a Python process of its own session, its output live and in order."""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from taskdeck.model import event
from taskdeck.model.run import Outcome, RunStatus
from taskdeck.runner import processes
from taskdeck.runner.ahead import ForkedScript
from taskdeck.runner.attempt import Attempt
from taskdeck.runner.environment import MAX_VARIABLE_BYTES
from taskdeck.runner.masking import StreamMasker

REASON_CHARACTERS = 500
TAIL_CHARACTERS = 64 * 1024
PIPES_SECONDS = 2.0
UNCAUGHT_EXCEPTION = 1
"""Exit code of a Python process that an exception ended."""

_STREAMS: dict[int, Literal["stdout", "stderr"]] = {1: "stdout", 2: "stderr"}
_TRACEBACK = re.compile(r"^[ +|]*(?:Exception Group )?Traceback \(most recent call last\):$", re.MULTILINE)
_SYNTAX_ERROR = re.compile(r"^(?:SyntaxError|IndentationError|TabError): .*$", re.MULTILINE)
_EXCEPTION_LINE = re.compile(r"^[A-Za-z_][\w.<>]*(?:: .*)?$")


class Script:
    """A task of kind ``script``."""

    def __init__(self, attempt: Attempt, ahead: ForkedScript | None = None) -> None:
        self._attempt = attempt
        self._ahead = ahead
        self._pid: int | None = None

    async def run(self) -> Outcome:
        attempt = self._attempt
        argument = json.dumps(attempt.job.parameters)
        if len(argument) >= MAX_VARIABLE_BYTES and not processes.IS_WINDOWS:
            return _failed(
                f"The parameters are too large for a script: {len(argument) // 1024} KB as JSON, "
                f"the operating system takes {MAX_VARIABLE_BYTES // 1024} KB. Pass a file's name instead."
            )
        try:
            with _executed_file(attempt) as file:
                return await self._run(file, argument)
        except OSError as error:
            return _failed(f"The script cannot be started: {error.strerror}: {error.filename}.")
        except LookupError as error:
            return _failed(str(error))

    async def interrupt(self) -> None:
        if self._pid is not None:
            processes.interrupt_group(self._pid)

    async def _run(self, file: Path, argument: str) -> Outcome:
        attempt = self._attempt
        if attempt.cancellation.requested:
            return _failed("Cancelled before the script was started.")
        process, pipes = self._start(file, argument)
        self._pid = process.pid
        output = _Output(attempt)
        reading = [
            asyncio.ensure_future(processes.read_pipe(descriptor, output.receiver(number)))
            for number, descriptor in pipes.items()
        ]
        if attempt.cancellation.requested:
            # While it started, there was nobody to interrupt.
            await self.interrupt()
        code = await processes.exited(process)
        self._pid = None
        # Before the pipes are waited for: a process that the script left behind may hold them open for ever.
        await processes.kill_descendants()
        await asyncio.wait(reading, timeout=PIPES_SECONDS)
        for pipe in reading:
            pipe.cancel()
        output.finish()
        return outcome(code, output.stderr_tail, self._attempt.watch.describe_exit)

    def _start(self, file: Path, argument: str) -> tuple[processes.Child, dict[int, int]]:
        """The process, and the reading ends of its stdout (1) and stderr (2). Raises `OSError`."""
        attempt = self._attempt
        if self._ahead is not None:
            attempt.inventory.python = sys.executable
            attempt.watch.apply(self._ahead.process.pid)
            self._ahead.enter(file, argument, attempt.working_directory, attempt.variables)
            return self._ahead.process, self._ahead.pipes
        attempt.inventory.python = python = self._python()
        with processes.output_pipes() as (reading, writing):
            process = subprocess.Popen(
                [python, "-u", str(file), argument],
                stdin=subprocess.DEVNULL,
                stdout=writing[1],
                stderr=writing[2],
                cwd=attempt.working_directory,
                env=attempt.variables,
                **processes.owned_session(attempt.watch.enter),
            )
        return process, reading

    def _python(self) -> str:
        """The interpreter. Raises `KernelNotInstalled` and `NotPython`."""
        job = self._attempt.job
        if not job.kernel_name:
            return job.python
        from taskdeck.runner import kernelspecs

        return kernelspecs.python_of(job.kernel_name)


class _Output:
    """Hands on both streams in the order in which their pieces arrive, not waiting for ends of lines."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._decoders = {number: codecs.getincrementaldecoder("utf-8")("replace") for number in _STREAMS}
        self._maskers: dict[int, StreamMasker] = {number: attempt.masker.stream() for number in _STREAMS}
        self.stderr_tail = ""

    def receiver(self, number: int) -> Callable[[bytes], None]:
        """What takes the bytes of a stream."""
        return lambda data: self._say(number, self._maskers[number].feed(self._decoders[number].decode(data)))

    def finish(self) -> None:
        """Lets go what was held back: half a character, or the possible beginning of a secret."""
        for number in _STREAMS:
            rest = self._maskers[number].feed(self._decoders[number].decode(b"", final=True))
            self._say(number, rest + self._maskers[number].end())

    def _say(self, number: int, text: str) -> None:
        if not text:
            return
        if number == 2:
            self.stderr_tail = (self.stderr_tail + text)[-TAIL_CHARACTERS:]
        self._attempt.say(event.Stream(name=_STREAMS[number], text=text))


def outcome(code: int, stderr_tail: str, describe_exit: Callable[[int], str] = processes.describe_exit) -> Outcome:
    """How a script ended, from its exit code and the last of what it wrote to stderr."""
    if code == 0:
        return Outcome(status=RunStatus.SUCCEEDED)
    if code < 0:
        return _failed(f"killed by {describe_exit(code)}")
    reason = exception_line(stderr_tail) if code == UNCAUGHT_EXCEPTION else None
    return _failed(reason or describe_exit(code))


def exception_line(stderr_tail: str) -> str | None:
    """``ValueError: …``, the line that ends the last traceback."""
    headers = list(_TRACEBACK.finditer(stderr_tail))
    if not headers:
        found = _SYNTAX_ERROR.findall(stderr_tail)
        return found[-1][:REASON_CHARACTERS] if found else None
    for line in stderr_tail[headers[-1].end() :].splitlines():
        # Within a group of exceptions, lines begin with a bar. Those of frames are indented further.
        text = line.lstrip().removeprefix("| ") if line.lstrip().startswith("|") else line
        if _EXCEPTION_LINE.match(text):
            return text[:REASON_CHARACTERS]
    return None


@contextlib.contextmanager
def _executed_file(attempt: Attempt) -> Iterator[Path]:
    """The script itself, or its temporary copy in the project's root. Raises `OSError`."""
    file = Path(attempt.job.file)
    if not attempt.job.execute_from_root:
        yield file
        return
    root = Path(attempt.job.project_root)
    copy = root / file.name
    if copy == file or (copy.is_file() and copy.read_bytes() == attempt.source.content):
        yield copy
        return
    if copy.exists():
        copy = root / f"{file.stem}-run{attempt.job.run_id}{file.suffix}"
    descriptor = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as target:
            target.write(attempt.source.content)
        if file.exists():
            shutil.copymode(file, copy)
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def _failed(reason: str) -> Outcome:
    return Outcome(status=RunStatus.FAILED, reason=reason)
