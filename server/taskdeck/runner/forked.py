"""What a forked process does to be like one that was started afresh, when it learns what it is to run."""

from __future__ import annotations

import atexit
import contextlib
import gc
import io
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, NoReturn

from taskdeck.runner import processes


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The world of a task's process."""

    working_directory: str
    variables: dict[str, str]
    """All environment variables."""

    def to_wire(self) -> dict[str, Any]:
        return asdict(self)


def take_streams(stdout: int, stderr: int) -> None:
    """Makes two pipes this process's output, unbuffered as in ``python -u``; its input is empty."""
    null = os.open(os.devnull, os.O_RDONLY)
    for target, descriptor in enumerate((null, stdout, stderr)):
        os.dup2(descriptor, target)
        os.close(descriptor)
    sys.stdin = io.TextIOWrapper(os.fdopen(0, "rb"), encoding="utf-8")
    sys.stdout = _writer(1, "<stdout>", "strict")
    sys.stderr = _writer(2, "<stderr>", "backslashreplace")
    # Final for type checkers alone.
    sys.__dict__.update(__stdin__=sys.stdin, __stdout__=sys.stdout, __stderr__=sys.stderr)


def enter(entry: Entry) -> None:
    """Moves this process into the world of its task. Raises `OSError` for a directory that is not there."""
    os.chdir(entry.working_directory)
    added = _of_this_process(os.environ)
    os.environ.clear()
    os.environ.update({**added, **entry.variables})
    processes.show_run_directory(entry.variables.get("TASKDECK_RUN_DIR", ""))
    if hasattr(time, "tzset"):
        time.tzset()
    _search_first(entry.variables.get("PYTHONPATH", ""))
    refresh_randomness()
    # Found anew: it depends on the variables.
    tempfile.tempdir = None
    if process := sys.modules.get("multiprocessing.process"):
        # Where a program was started; modules that load it keep that.
        process.__dict__["ORIGINAL_DIR"] = entry.working_directory


def end(code: int, loaded_ahead: frozenset[str]) -> NoReturn:
    """Ends this process as Python ends, but without taking down the modules that it was forked with.

    That takes longer than most tasks, for nothing: those modules hold nothing of the task's. What the task's own
    ones hold is let go, so that a file nobody closed is written. A negative ``code`` is a signal to end by.
    """
    # What Python itself calls at its end. The first joins threads, having told those of executors to end; neither has
    # a public name.
    for finish in (threading._shutdown, atexit._run_exitfuncs):  # type: ignore[attr-defined]  # noqa: SLF001
        try:
            finish()
        except BaseException as error:  # noqa: BLE001 - an interrupt, say: Python prints it and goes on, too
            sys.excepthook(type(error), error.with_traceback(None), None)
    # Threads that are left are daemons. Python stops them here; they must not notice what is taken away.
    threading.excepthook = lambda _: None
    sys.setswitchinterval(60.0)
    sys.modules["__main__"].__dict__.clear()
    for name in [name for name in sys.modules if name not in loaded_ahead]:
        del sys.modules[name]
    gc.collect()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code & 0xFF)


def exit_code(error: SystemExit) -> int:
    """What Python makes of what is given to ``sys.exit``."""
    if error.code is None or isinstance(error.code, int):
        return (error.code or 0) & 0xFF
    print(error.code, file=sys.stderr)  # noqa: T201
    return 1


def refresh_randomness() -> None:
    """Every fork of one process would draw the same numbers. (``tempfile`` sees for itself that it was forked.)"""
    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()


def _of_this_process(variables: Mapping[str, str]) -> dict[str, str]:
    """What libraries that were loaded ahead have set for this process."""
    return {name: variables[name] for name in ("MPLBACKEND", "JPY_PARENT_PID") if name in variables}


def _search_first(python_path: str) -> None:
    """What ``PYTHONPATH`` names comes before everything that is installed, as it does at the start of Python."""
    entries = [os.path.abspath(entry) for entry in python_path.split(os.pathsep) if entry]  # noqa: PTH100 - may be ""
    others = [entry for entry in sys.path if entry not in entries]
    sys.path[:] = [*dict.fromkeys(entries), *others]


def _writer(descriptor: int, name: str, errors: str) -> io.TextIOWrapper:
    raw = io.FileIO(descriptor, "w", closefd=False)
    raw.name = name
    # `python -u` does the same: nothing is held back, neither in bytes nor in characters.
    return io.TextIOWrapper(raw, encoding="utf-8", errors=errors, write_through=True)
