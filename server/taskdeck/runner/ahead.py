"""Processes that were forked before their run was known: how a runner sends them into it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import shutil
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from taskdeck.runner import packet, processes
from taskdeck.runner.forked import Entry
from taskdeck.runner.job import Job

if TYPE_CHECKING:
    from taskdeck.runner.kernel import Kernel, Receive


class EndedEarly(Exception):
    """A process that was forked ahead ended when it was to enter its run."""

    def __init__(self, exit_code: int) -> None:
        self.exit_code = exit_code
        super().__init__(self.__doc__)


@dataclass(frozen=True, kw_only=True)
class ForkedScript:
    """A process that becomes a Python script."""

    process: processes.ForkedChild
    pipes: dict[int, int]
    """Reading ends of its stdout (1) and stderr (2)."""
    control: socket.socket

    def enter(self, file: Path, argument: str, working_directory: Path, variables: dict[str, str]) -> None:
        """Starts ``FILE ARGUMENT`` in it. Raises `OSError`."""
        entry = Entry(working_directory=_existing(working_directory), variables=variables)
        # Whether it has ended is seen where its end is waited for.
        with contextlib.suppress(ConnectionError):
            packet.send(self.control, {**entry.to_wire(), "file": str(file), "argument": argument})
        self.control.close()

    def discard(self) -> None:
        """Ends it, if it has not entered."""
        self.process.kill()


@dataclass(frozen=True, kw_only=True)
class ForkedKernel:
    """A kernel that runs already and has a client connected to it."""

    kernel: Kernel
    """Of the name it has where no notebook asks for another one."""
    process: processes.ForkedChild
    control: socket.socket
    connection_file: Path

    def is_wanted(self, kernel_name: str) -> bool:
        """Whether a kernel of this name would be this one. Raises `KernelNotInstalled`."""
        # Of Jupyter, which the runner of a script can do without.
        from taskdeck.runner import kernelspecs

        return kernelspecs.is_of_this_python(kernel_name)

    async def enter(self, working_directory: Path, variables: dict[str, str], receive: Receive) -> Kernel:
        """Makes it the run's kernel. Raises `EndedEarly` and `OSError`."""
        loop = asyncio.get_running_loop()
        entry = Entry(
            working_directory=_existing(working_directory),
            variables={"PYDEVD_DISABLE_FILE_VALIDATION": "1", **variables},
        )
        self.kernel.listen(receive)
        answer = b""
        with contextlib.suppress(ConnectionError):
            packet.send(self.control, entry.to_wire())
            self.control.setblocking(False)
            answer = await loop.sock_recv(self.control, 1)
        self.control.close()
        if not answer:
            raise EndedEarly(await self.kernel.exited)
        return self.kernel

    def discard(self) -> None:
        """Ends it, if it still runs."""
        self.process.kill()
        shutil.rmtree(self.connection_file.parent, ignore_errors=True)


Ahead = ForkedScript | ForkedKernel


def serves(job: Job) -> bool:
    """Whether a task would find in a process of this Python what it would find in one of its own."""
    if job.python != sys.executable or job.kernel_name:
        return False
    # A module beside the task goes before one of the same name that is loaded here already.
    own = Path(job.file).stem
    try:
        beside = os.listdir(Path(job.file).parent)  # noqa: PTH208 - the names alone
    except OSError:
        return False
    # Asked one by one: to go through all modules would copy the memory that their names share with other forks.
    return not any(name in sys.modules and name != own for name in (entry.removesuffix(".py") for entry in beside))


def _existing(directory: Path) -> str:
    """Found out here: the forked process has nobody to tell."""
    if not directory.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(directory))
    return str(directory)
