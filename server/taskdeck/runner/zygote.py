"""``python -m taskdeck.runner.zygote FD PARENT NAME…``: loads libraries once, and forks parked pairs from itself.

It has one thread, never imports a project's code, opens no database, and ends when its worker does. What it forked
goes on without it.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
from dataclasses import dataclass

from taskdeck.model.task import TaskKind
from taskdeck.runner import packages

EXIT_REFUSED = 3
OWN_VARIABLE = "PYDEVD_DISABLE_FILE_VALIDATION"
"""Keeps the debugger of ipykernel from complaining, while it is loaded here, about Python's own frozen modules."""


@dataclass(frozen=True, kw_only=True)
class _Seat:
    """What a fork is made for: a kind of task, and the socket over which its job will come."""

    kind: TaskKind
    connection: socket.socket
    niceness: int | None
    """What to go back to; ``None`` if the priority was not lowered."""


def main(arguments: list[str]) -> int:
    """Returns the exit code when the worker is gone. Forked processes never return from here."""
    worker = socket.socket(fileno=int(arguments[0]))
    if not sys.flags.safe_path:
        # Where this process was started is nothing to search modules in.
        del sys.path[0]
    # A server that was started in the background of a shell ignores it, and so would all that is forked here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    installed = packages.directories(sys.path)
    variables = dict(os.environ)
    try:
        # Another Python than the server's need not have what a runner needs.
        from taskdeck.runner import parked, preload, processes, warm_up

        processes.die_with(int(arguments[1]))
        failed = preload.load(arguments[2:])
        with preload.watched("Taskdeck"):
            warm_up.libraries()
    except (ImportError, LookupError, RuntimeError) as error:
        _tell(worker, {"refused": str(error)})
        return EXIT_REFUSED
    # What libraries set for this process alone is no business of tasks.
    os.environ.clear()
    os.environ.update({name: value for name, value in variables.items() if name != OWN_VARIABLE})
    may_lower = processes.can_restore_priority()
    gc.collect()
    # What is never collected is never written to, so that its memory stays shared.
    gc.freeze()
    _tell(worker, {"ready": True, "failed": failed, "installed": [directory.to_wire() for directory in installed]})
    seat = _serve(worker, may_lower=may_lower)
    if seat is not None:
        parked.run(seat.kind, seat.connection, niceness=seat.niceness)
    return 0


def _serve(worker: socket.socket, *, may_lower: bool) -> _Seat | None:
    """Forks whenever the worker asks, until it is gone. In a fork: its seat."""
    woken, waker = socket.socketpair()
    waker.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
    while True:
        readable, _, _ = select.select([worker, woken], [], [])
        if woken in readable:
            woken.recv(4096)
            _reap(worker)
        if worker not in readable:
            continue
        request, descriptors = _request(worker)
        if not request:
            return None
        wanted = json.loads(request)
        connection = socket.socket(fileno=descriptors[0])
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for each in (worker, woken, waker):
                each.close()
            os.setsid()
            from taskdeck.runner import processes

            niceness = processes.lower_priority() if may_lower and not wanted["urgent"] else None
            return _Seat(kind=TaskKind(wanted["kind"]), connection=connection, niceness=niceness)
        connection.close()
        _tell(worker, {"forked": pid, "number": wanted["number"]})


def _request(worker: socket.socket) -> tuple[bytes, list[int]]:
    """What the worker wants and the socket it sends along; nothing when it is gone."""
    try:
        request, descriptors, _, _ = socket.recv_fds(worker, 4096, 1)
    except ConnectionResetError:
        return b"", []
    return request, list(descriptors)


def _reap(worker: socket.socket) -> None:
    """Tells how forks ended, which only their parent learns."""
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            _tell(worker, {"ended": pid, "exit_code": os.waitstatus_to_exitcode(status)})


def _tell(worker: socket.socket, news: dict[str, object]) -> None:
    # A worker that is gone is noticed where it is read from.
    with contextlib.suppress(OSError):
        worker.sendall(json.dumps(news).encode() + b"\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
