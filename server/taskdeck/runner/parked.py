"""The runner's half of a parked pair: it has forked the process of its task ahead, and waits for a job.

The process is forked before this one starts any thread or loop, so this one is its real parent.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.connect import write_connection_file

from taskdeck.model.task import TaskKind
from taskdeck.runner import main, packet, processes
from taskdeck.runner.ahead import Ahead, ForkedKernel, ForkedScript
from taskdeck.runner.job import RUNNER_LOG, InvalidJob, Job


@dataclass(frozen=True, kw_only=True)
class _Child:
    """A process that was forked from this one, and this one's ends of what leads to it."""

    process: processes.ForkedChild
    pipes: dict[int, int]
    """Reading ends of its stdout (1) and stderr (2)."""
    control: socket.socket


def run(kind: TaskKind, seat: socket.socket, *, niceness: int | None) -> NoReturn:
    """Waits at ``seat`` for a job, runs it and ends this process.

    ``niceness``: what to go back to when there is a job; ``None`` if the priority was not lowered.
    """
    if kind is TaskKind.SCRIPT:
        from taskdeck.runner import script_process

        child = _fork(seat, script_process.run)
        main.leave(asyncio.run(_attend_script(seat, child, niceness)))
    from taskdeck.runner import kernel, kernel_process

    directory = kernel.short_directory()
    file = Path(directory) / "connection.json"
    # Messages are signed: what a task sends with another key must not be taken for the kernel's.
    key = secrets.token_hex(32).encode()
    write_connection_file(str(file), transport="ipc", ip=f"{directory}/k", key=key)
    child = _fork(seat, lambda control: kernel_process.run(str(file), control))
    main.leave(asyncio.run(_attend_notebook(seat, child, file, niceness)))


def _fork(seat: socket.socket, program: Callable[[socket.socket], int]) -> _Child:
    """A child that executes ``program`` with its end of a socket, and ends."""
    ours, theirs = socket.socketpair()
    parent = os.getpid()
    with processes.output_pipes() as (reading, writing):
        pid = os.fork()
        if pid == 0:
            processes.die_with(parent)
            os.setsid()
            # An end that stays open here would keep the other side waiting for the end.
            seat.close()
            ours.close()
            for descriptor in reading.values():
                os.close(descriptor)
            from taskdeck.runner import forked

            try:
                forked.take_streams(writing[1], writing[2])
                loaded_ahead = frozenset(sys.modules)
                forked.end(program(theirs), loaded_ahead)
            finally:
                # Whatever happens, this process must not go on as a zygote.
                os._exit(1)
    theirs.close()
    return _Child(process=processes.ForkedChild(pid), pipes=reading, control=ours)


async def _attend_script(seat: socket.socket, child: _Child, niceness: int | None) -> int:
    ahead = ForkedScript(process=child.process, pipes=child.pipes, control=child.control)
    return await _attend(seat, ahead, asyncio.ensure_future(processes.exited(child.process)), niceness)


async def _attend_notebook(seat: socket.socket, child: _Child, connection_file: Path, niceness: int | None) -> int:
    # Loaded by the zygote; named here so that a script's runner could do without.
    from taskdeck.runner import kernel, kernelspecs, warm_up

    async def interrupt() -> None:
        processes.interrupt_group(child.process.pid)

    client = AsyncKernelClient(connection_file=str(connection_file), context=kernel.context())
    client.load_connection_file()
    running = kernel.Kernel(
        client,
        child.process,
        child.pipes,
        name=kernelspecs.DEFAULT_NAME,
        is_ipykernel=True,
        interrupt=interrupt,
        release=lambda: shutil.rmtree(connection_file.parent, ignore_errors=True),
    )
    ahead = ForkedKernel(kernel=running, process=child.process, control=child.control, connection_file=connection_file)
    try:
        await warm_up.kernel(running, connection_file.parent)
        await warm_up.attempt(connection_file.parent)
    except (kernel.KernelFailed, OSError) as error:
        ahead.discard()
        main.complain(str(error))
        return main.EXIT_DEFECT
    return await _attend(seat, ahead, running.exited, niceness)


async def _attend(seat: socket.socket, ahead: Ahead, ended: asyncio.Future[int], niceness: int | None) -> int:
    """Waits for a job and runs it; ends without one when nobody will send it, or the forked process has ended."""
    try:
        job = await _job(seat, ahead.process.pid, ended)
    except packet.Disconnected:
        ahead.discard()
        return main.EXIT_FINE
    except InvalidJob as error:
        ahead.discard()
        main.complain(str(error))
        return main.EXIT_INVALID_JOB
    if niceness is not None:
        for pid in (os.getpid(), ahead.process.pid):
            processes.restore_priority(pid, niceness)
    try:
        _move_in(job)
    except OSError as error:
        ahead.discard()
        main.complain(f"The run's directory cannot be written: {error}")
        return processes.EXIT_JOURNAL_UNWRITABLE
    return await main.run_masked(job, ahead=ahead)


async def _job(seat: socket.socket, child: int, ended: asyncio.Future[int]) -> Job:
    """Says that the pair is ready, and waits for its job; then this process is a runner like any other.

    Raises `InvalidJob`, and `packet.Disconnected` when the pair is not wanted any more or half of it has ended.
    """
    memory = {"runner": processes.private_memory_bytes(os.getpid()), "task": processes.private_memory_bytes(child)}
    with contextlib.suppress(OSError):
        # A worker that is gone may have sent the job before.
        packet.send(seat, {"state": "parked", "private_memory_bytes": memory})
    seat.setblocking(False)
    waiting = asyncio.ensure_future(packet.receive_async(seat))
    first: set[asyncio.Future[Any]] = {waiting, ended}
    await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
    if not waiting.done():
        waiting.cancel()
        raise packet.Disconnected
    content = waiting.result()
    seat.close()
    return Job.from_json(content)


def _move_in(job: Job) -> None:
    """Makes the run's directory this process's own, and its log what this process writes. Raises `OSError`."""
    os.chdir(job.run_directory)
    log = os.open(RUNNER_LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for target in (1, 2):
        os.dup2(log, target)
    os.close(log)
