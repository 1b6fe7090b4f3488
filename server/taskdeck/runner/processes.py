"""Processes as the operating system knows them: sessions, trees, signals, start times.

The only module of the runner that knows platforms. Everything that POSIX offers and Windows does not has a
plain fallback here.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import functools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import psutil

EXIT_JOURNAL_UNWRITABLE = 74
"""Exit code of a runner that could not write its journal (``EX_IOERR`` of ``sysexits.h``)."""

EXIT_ALREADY_BEGUN = 75
"""Exit code of a runner whose attempt another process runs already (``EX_TEMPFAIL``)."""

NOBODY = 0
"""In place of a pid: there is no such process."""

IS_WINDOWS = sys.platform == "win32"

# Elsewhere than on Linux: start times are computed from a boot time that moves a little when the clock is set.
_START_TIME_TOLERANCE_SECONDS = 1.5
_TICKS_BITS = 33
_BOOT_BITS = 20
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def new_session() -> dict[str, Any]:
    """Arguments of ``subprocess.Popen`` for a process that outlives this one and gets none of its signals."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def owned_session(enter: Callable[[], None] | None = None) -> dict[str, Any]:
    """Like `new_session`, for a process that must not outlive this one, even if this one is killed (Linux)."""
    return {**new_session(), **owned_session_hook(enter)}


def owned_session_hook(enter: Callable[[], None] | None = None) -> dict[str, Any]:
    """The part of `owned_session` for those who make the session themselves. ``enter`` is called in the new process,
    before it becomes a program, where there is such a moment.
    """
    if sys.platform == "win32":
        return {}
    if not sys.platform.startswith("linux"):
        return {} if enter is None else {"preexec_fn": enter}
    _libc()  # loaded here: the new process must not do more than it has to
    parent = os.getpid()

    def begin() -> None:
        die_with(parent)
        if enter is not None:
            enter()

    return {"preexec_fn": begin}


def die_with(parent: int) -> None:
    """Has this process, a child of ``parent``, killed when its parent ends, even if that is killed (Linux)."""
    if sys.platform.startswith("linux"):
        _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def adopt_orphans() -> None:
    """Makes this process the parent of all its orphaned descendants, so that `descendants` misses none (Linux)."""
    if sys.platform.startswith("linux"):
        _libc().prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


LOW_PRIORITY = 10
"""By so much a process is nicer than usual (nice(2))."""

RUN_DIRECTORY_ROOM = " " * 2048
"""What `show_run_directory` writes over: a process must have been started with this in TASKDECK_RUN_DIR."""


def show_run_directory(path: str) -> None:
    """Lets others see in this process's environment which run it belongs to, as if it had been started with it.

    The system shows the variables a process was started with, not those it has set since, and a fork has those of
    its parent: `kill_run` would not find it, nor what it forks. So the path is written into the very memory that the
    system shows (Linux; proc(5), ``/proc/pid/environ``).
    """
    if not sys.platform.startswith("linux"):
        return
    name, value = b"TASKDECK_RUN_DIR=", os.fsencode(path)
    if len(value) > len(RUN_DIRECTORY_ROOM):
        return
    with contextlib.suppress(OSError, ValueError, IndexError):
        offset = Path("/proc/self/environ").read_bytes().index(name + b" " * len(RUN_DIRECTORY_ROOM)) + len(name)
        # The name of the program, in parentheses, may hold anything; env_start is the 50th field, the 48th after it.
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        # Some sandboxes do not tell.
        if env_start := int(fields[47]):
            ctypes.memmove(env_start + offset, value + b"\0", len(value) + 1)


def can_restore_priority() -> bool:
    """Whether this process may take a lower priority back: found out in a child, because it cannot be undone if not.

    It takes a privilege that even root may lack in a container, or a limit (setpriority(2)).
    """
    if not sys.platform.startswith("linux"):
        return False
    before = os.getpriority(os.PRIO_PROCESS, 0)
    pid = os.fork()
    if pid == 0:
        try:
            os.nice(1)
            os.setpriority(os.PRIO_PROCESS, 0, before)
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def lower_priority() -> int:
    """Lets this process work only when others do not; returns its niceness before."""
    before = os.getpriority(os.PRIO_PROCESS, 0)
    os.nice(LOW_PRIORITY)
    return before


def restore_priority(pid: int, niceness: int) -> None:
    """Takes back `lower_priority` for a process and all its threads."""
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            os.setpriority(os.PRIO_PROCESS, int(thread.name), niceness)


def private_memory_bytes(pid: int) -> int:
    """The memory that would be free if this process ended; 0 where the system does not tell."""
    try:
        return int(psutil.Process(pid).memory_full_info().uss)
    except psutil.Error:
        return 0


def created_at(pid: int) -> float:
    """A number for the start of a process, which no later process with the same pid shares; 0.0 if there is none.

    On Linux it is made of the boot's id and the clock ticks since then, so that it stays what it is when the clock
    is set, and differs after a reboot, which starts counting pids and ticks anew. Elsewhere: seconds since the epoch.
    """
    try:
        if not sys.platform.startswith("linux"):
            return psutil.Process(pid).create_time()
        # Field 22, counted behind the name, which may hold blanks and parentheses itself.
        ticks = int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[19])
        return float(_boot() << _TICKS_BITS | ticks)
    except (psutil.Error, OSError, IndexError, ValueError):
        return 0.0


def is_of_this_boot(started: float) -> bool:
    """Whether `created_at` has said so since the machine was started."""
    if not sys.platform.startswith("linux"):
        return started > psutil.boot_time() - _START_TIME_TOLERANCE_SECONDS
    return int(started) >> _TICKS_BITS == _boot()


def is_alive(pid: int, started_at: float) -> bool:
    """Whether the process of this pid **and** start time still runs: pids are reused. A zombie does not run."""
    return _find(pid, started_at) is not None


def descendants() -> list[psutil.Process]:
    """All living descendants of this process."""
    return _living_descendants(psutil.Process())


def signal_all(found: list[psutil.Process], number: int) -> None:
    """Sends a signal to each process; those that are gone meanwhile do not matter."""
    for process in found:
        with contextlib.suppress(psutil.Error, OSError):
            process.send_signal(number)


async def kill_descendants(*, timeout_seconds: float = 5.0) -> None:
    """Kills until nothing is left that this process started, however deep; gives up after the time-out.

    Processes may fork while they are being killed, hence the loop. Nobody is waited for here (``waitpid`` would
    take exit codes away from asyncio): a zombie counts as gone.
    """
    deadline = time.monotonic() + timeout_seconds
    while (found := descendants()) and time.monotonic() < deadline:
        signal_all(found, KILL)
        await asyncio.sleep(0.005)


def kill_tree(pid: int, started_at: float) -> None:
    """Kills a process and everything it started; the tree's root last, so that nothing escapes from its list."""
    root = _find(pid, started_at)
    if root is None:
        return
    with contextlib.suppress(psutil.Error, OSError):
        root.suspend()
    deadline = time.monotonic() + 5.0
    while (found := _living_descendants(root)) and time.monotonic() < deadline:
        signal_all(found, KILL)
        time.sleep(0.005)
    signal_all([root], KILL)


def kill_run(run_directory: Path) -> None:
    """Kills what is left of a run whose runner is gone: every process of this user that was started for it.

    A killed runner takes its own children along (`owned_session`), but not theirs, and nobody is their parent any
    more by whom they could be found. All of them have inherited the variables of the task's process.
    """
    deadline = time.monotonic() + 5.0
    while (found := _processes_of_run(run_directory)) and time.monotonic() < deadline:
        signal_all(found, KILL)
        time.sleep(0.005)


def interrupt_group(pid: int) -> None:
    """What Ctrl-C does in a terminal, to a process started with `new_session` and all of its group."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            os.kill(pid, signal.CTRL_BREAK_EVENT)
        else:
            os.killpg(pid, signal.SIGINT)


def suspend(pid: int) -> bool:
    """Stops a process of ours where it is; ``False`` where that cannot be done."""
    if sys.platform == "win32":
        return False
    try:
        os.kill(pid, signal.SIGSTOP)
    except OSError:
        return False
    return True


def resume(pid: int) -> None:
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGCONT)


def terminate_self() -> None:
    """Ends this process the way SIGTERM does, handlers included."""
    signal.raise_signal(signal.SIGTERM)


def on_termination(callback: Callable[[], None]) -> None:
    """Calls ``callback`` in the running loop at SIGTERM and SIGINT, in place of their usual effect.

    A server that was started in the background of a shell ignores SIGINT, and so would everything it starts: an
    interrupted script would never notice. A handler here gives children the default back.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, callback)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(callback))


class Child(Protocol):
    """What `subprocess.Popen` knows of a child."""

    pid: int

    def poll(self) -> int | None:
        """The exit code, negative for a signal; ``None`` while it runs."""
        ...

    def kill(self) -> None: ...


class ForkedChild:
    """A child of this process that was forked and runs no other program."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._code: int | None = None

    def poll(self) -> int | None:
        """The exit code, negative for a signal; ``None`` while it runs."""
        if self._code is None:
            with contextlib.suppress(ChildProcessError):
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                if pid:
                    self._code = os.waitstatus_to_exitcode(status)
        return self._code

    def kill(self) -> None:
        """Kills it, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, KILL)


async def exited(process: Child) -> int:
    """Waits for a child that asyncio did not start; returns its exit code."""
    loop = asyncio.get_running_loop()
    descriptor = _pidfd(process.pid)
    if descriptor is not None:
        ended = asyncio.Event()
        loop.add_reader(descriptor, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(descriptor)
            os.close(descriptor)
    while (code := process.poll()) is None:  # noqa: ASYNC110 - there is no event to wait for
        await asyncio.sleep(0.05)
    return code


@contextlib.contextmanager
def output_pipes() -> Iterator[tuple[dict[int, int], dict[int, int]]]:
    """Pipes for the stdout (1) and stderr (2) of a process that is started within: reading ends and writing ends.

    The writing ends are the process's own and are closed here at the end; the reading ends only if it did not start.
    """
    pipes = {number: os.pipe() for number in (1, 2)}
    reading = {number: ends[0] for number, ends in pipes.items()}
    writing = {number: ends[1] for number, ends in pipes.items()}
    try:
        yield reading, writing
    except BaseException:
        for descriptor in reading.values():
            os.close(descriptor)
        raise
    finally:
        for descriptor in writing.values():
            os.close(descriptor)


def read_pipe(descriptor: int, receive: Callable[[bytes], None]) -> Awaitable[None]:
    """Hands on what arrives at the reading end of a pipe, in the running loop; done at its end. Owns ``descriptor``."""
    if IS_WINDOWS:
        return _read_pipe_in_thread(descriptor, receive)
    return asyncio.ensure_future(_read_pipe(descriptor, receive))


def describe_exit(code: int) -> str:
    """``exit code 3`` or ``signal SIGKILL``: how a process ended, from what ``Popen`` returns."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"


def reap_orphans() -> None:
    """Takes the exit codes of all children that have ended, nobody waiting for any of them: what they took is then
    in the sums for children.
    """
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def peak_memory_bytes() -> int | None:
    """The largest resident set of any finished child; ``None`` where the platform does not tell."""
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


KILL: int = signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL
TERM: int = signal.SIGTERM


@functools.cache
def _boot() -> int:
    """A number of this boot of the machine, of `_BOOT_BITS` bits: with the ticks it fits into a float exactly."""
    boot_id = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return int(boot_id.replace("-", ""), 16) % (1 << _BOOT_BITS)


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)


def _find(pid: int, started_at: float) -> psutil.Process | None:
    try:
        if pid == NOBODY:
            return None
        process = psutil.Process(pid)
        tolerance = 0.0 if sys.platform.startswith("linux") else _START_TIME_TOLERANCE_SECONDS
        same = abs(created_at(pid) - started_at) <= tolerance
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.Error:
        return None


def _processes_of_run(run_directory: Path) -> list[psutil.Process]:
    own = psutil.Process()
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid == own.pid or process.username() != own.username() or not _is_running(process):
                continue
            if process.environ().get("TASKDECK_RUN_DIR") == str(run_directory):
                found.append(process)
    return found


def _living_descendants(root: psutil.Process) -> list[psutil.Process]:
    try:
        found = root.children(recursive=True)
    except psutil.Error:
        return []
    return [process for process in found if _is_running(process)]


def _is_running(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _pidfd(pid: int) -> int | None:
    """A descriptor that becomes readable when the process ends; ``None`` where there is no such thing."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        return os.pidfd_open(pid)
    except OSError:
        return None


async def _read_pipe(descriptor: int, receive: Callable[[bytes], None]) -> None:
    ended = asyncio.get_running_loop().create_future()

    class Protocol(asyncio.Protocol):
        def data_received(self, data: bytes) -> None:
            receive(data)

        def connection_lost(self, error: Exception | None) -> None:
            if not ended.done():
                ended.set_result(None)

    pipe = os.fdopen(descriptor, "rb", buffering=0)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(Protocol, pipe)
    try:
        await ended
    finally:
        transport.close()


def _read_pipe_in_thread(descriptor: int, receive: Callable[[bytes], None]) -> Awaitable[None]:
    import threading

    loop = asyncio.get_running_loop()
    ended = loop.create_future()

    def end() -> None:
        if not ended.done():
            ended.set_result(None)

    def read() -> None:
        with contextlib.suppress(OSError, RuntimeError), os.fdopen(descriptor, "rb", buffering=0) as pipe:
            while data := pipe.read(65536):
                loop.call_soon_threadsafe(receive, data)
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(end)

    threading.Thread(target=read, daemon=True).start()
    return ended
