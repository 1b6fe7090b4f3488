"""The Jupyter kernel of one run: started, connected, watched, ended. Knows nothing of notebooks."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from queue import Empty
from typing import Any, cast

import zmq
import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager

from taskdeck.runner import kernelspecs, leftovers, processes

STARTUP_SECONDS = 60.0
SHUTDOWN_SECONDS = 3.0
PIPES_SECONDS = 0.5
DRAIN_SECONDS = 1.0
TAIL_BYTES = 8192

Receive = Callable[[int, bytes], None]

_END_CONTROL_THREAD_FIRST = (
    "(lambda thread, register: thread and (register(thread.join, 1.0), register(thread.stop)))"
    "(getattr(get_ipython().kernel.parent, 'control_thread', None), __import__('atexit').register);"
)
IPYKERNEL_ARGUMENTS = [
    "--HistoryManager.enabled=False",
    # What a program writes that an author starts with `stdout=sys.stdout` would go past the kernel: its streams hand
    # out copies of the original descriptors. The redirected ones lead through the kernel, into the cell and in order.
    "--IPKernelApp.exec_lines=setattr(__import__('sys').stdout, 'fileno', lambda: 1)",
    "--IPKernelApp.exec_lines=setattr(__import__('sys').stderr, 'fileno', lambda: 2)",
    # ipykernel closes the thread of the outputs before the one of its control channel, which may still be waiting for
    # it to flush what the request to shut down has printed: both would wait for ten seconds. Runs before that.
    "--IPKernelApp.exec_lines=" + _END_CONTROL_THREAD_FIRST,
    # What exit handlers print would be lost in the kernel's buffers. Registered first, these run after theirs.
    "--IPKernelApp.exec_lines=__import__('atexit').register(__import__('sys').stdout.flush);",
    "--IPKernelApp.exec_lines=__import__('atexit').register(__import__('sys').stderr.flush);",
]

# ipykernel reads the descriptors of its process in threads. What is before this byte has been read when the byte
# comes out of the pipe that gets a copy.
FENCE = "\0"
_WRITE_FENCES = "[__import__('os').write(_, b'\\0') for _ in (1, 2)]"
FENCE_SECONDS = 1.0


class KernelFailed(Exception):
    """The kernel did not start; the message is the reason that the run's page shows."""


class Kernel:
    """A running kernel with a client connected to it, over IPC where there is IPC."""

    def __init__(
        self,
        client: AsyncKernelClient,
        process: processes.Child,
        pipes: dict[int, int],
        *,
        name: str,
        is_ipykernel: bool,
        interrupt: Callable[[], Awaitable[None]],
        release: Callable[[], None],
    ) -> None:
        """``pipes``: the reading ends of the process's stdout (1) and stderr (2).

        ``release`` removes what is left on the disk when the kernel has ended.
        """
        self.name = name
        self.copies_descriptors = is_ipykernel and not processes.IS_WINDOWS
        """Whether what arrives through the pipes has become an output already."""
        self._interrupt = interrupt
        self._release = release
        self._info: dict[str, Any] | None = None
        self._is_held = False
        self._is_ending = False
        self._monitor: zmq.asyncio.Socket | None = None
        self._receive: Receive | None = None
        self._fences = {number: asyncio.Event() for number in pipes}
        self._process = process
        self._tail = bytearray()
        self._pipes = [
            asyncio.ensure_future(processes.read_pipe(descriptor, self._receiver(number)))
            for number, descriptor in pipes.items()
        ]
        self.client = client
        self.exited: asyncio.Future[int] = asyncio.ensure_future(processes.exited(process))
        """Done, with the exit code, as soon as the process has ended."""
        client.start_channels(stdin=False, hb=False)

    @classmethod
    async def start(
        cls,
        name: str,
        *,
        working_directory: Path,
        variables: dict[str, str],
        python: str,
        receive: Receive,
        enter: Callable[[], None] | None = None,
    ) -> Kernel:
        """Starts a process, which calls ``enter`` first. ``receive`` is told what `listen` says.

        Raises `KernelFailed`.
        """
        manager = _manager(name, short_directory())
        spec = manager.kernel_spec
        assert spec is not None, "found before"
        if python != sys.executable and name == kernelspecs.DEFAULT_NAME:
            spec.argv = [python, *spec.argv[1:]]
        is_ipykernel = kernelspecs.is_ipykernel(spec)
        try:
            with processes.output_pipes() as (reading, writing):
                await manager.start_kernel(
                    cwd=str(working_directory),
                    # The debugger of ipykernel complains about Python's own frozen modules otherwise.
                    env={"PYDEVD_DISABLE_FILE_VALIDATION": "1", **variables},
                    extra_arguments=list(IPYKERNEL_ARGUMENTS) if is_ipykernel else [],
                    stdout=writing[1],
                    stderr=writing[2],
                    **processes.owned_session_hook(enter),
                )
        except OSError as error:
            _remove_traces(manager)
            what = error.filename or spec.argv[0]
            raise KernelFailed(f"The kernel {name!r} cannot be started: {error.strerror}: {what}.") from error
        kernel = cls(
            manager.client(context=context()),
            cast("subprocess.Popen[bytes]", cast("Any", manager.provisioner).process),
            reading,
            name=str(manager.kernel_name),
            is_ipykernel=is_ipykernel,
            interrupt=manager.interrupt_kernel,
            release=lambda: _remove_traces(manager),
        )
        kernel.listen(receive)
        return kernel

    def listen(self, receive: Receive) -> None:
        """From now on ``receive`` gets what the process writes to its own stdout and stderr: the errors of a kernel
        that cannot start, and a copy of what reaches the cells.
        """
        self._receive = receive

    async def ready(self) -> dict[str, Any]:
        """Waits until the kernel answers on both channels; returns its ``kernel_info``. Raises `KernelFailed`.

        Unlike the client's own ``wait_for_ready`` it does not wait for silence, which takes 0.2 s. What counts is
        that outputs arrive: the ``idle`` of a first cell that is published before the subscription is up is lost.
        """
        if self._info is not None:
            return self._info
        info: dict[str, Any] | None = None
        subscribed = False
        deadline = time.monotonic() + STARTUP_SECONDS
        requests = {self.client.kernel_info()}
        while info is None or not subscribed:
            if self.exited.done():
                await asyncio.wait(self._pipes, timeout=PIPES_SECONDS)
                how = processes.describe_exit(self.exited.result())
                raise KernelFailed(f"The kernel ended while it was starting ({how}){self._last_words()}.")
            if time.monotonic() > deadline:
                raise KernelFailed(f"The kernel did not answer within {STARTUP_SECONDS:.0f} seconds.")
            if info is None:
                reply = await _message(self.client.shell_channel, 0.1)
                if reply is not None and reply["parent_header"].get("msg_id") in requests:
                    info = reply["content"]
            elif await _message(self.client.iopub_channel, 0.3) is not None:
                subscribed = True
            else:
                requests.add(self.client.kernel_info())
        self._info = info
        self._monitor = cast("Any", self.client.iopub_channel).socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        return info

    def hold(self) -> None:
        """Stops the process until `go_on`, for a task that says more than can be read: its channels have no other way
        to make it wait, they keep or lose what nobody reads. Not once it is to end."""
        if not self._is_held and not self._is_ending and not self.exited.done():
            self._is_held = processes.suspend(self._process.pid)

    def go_on(self) -> None:
        if self._is_held:
            self._is_held = False
            processes.resume(self._process.pid)

    def _end_holding(self) -> None:
        self._is_ending = True
        self.go_on()

    async def interrupt(self) -> None:
        """Raises KeyboardInterrupt in the running cell; does nothing to a kernel that has ended."""
        self._end_holding()
        if not self.exited.done():
            with contextlib.suppress(OSError, RuntimeError):
                await self._interrupt()

    async def flush(self) -> None:
        """Waits until all that has been written in the kernel's process is an output, or the kernel takes too long.

        What children of the process write becomes an output in threads of ipykernel, perhaps after the end of the
        cell, and would be lost in its buffers at the end.
        """
        if self.exited.done() or not self.copies_descriptors:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FENCE_SECONDS):
                await self._execute_silently(_WRITE_FENCES)
                for fence in self._fences.values():
                    await fence.wait()
                # The end of each execution flushes the buffers.
                await self._execute_silently("None")

    async def _execute_silently(self, code: str) -> None:
        request = self.client.execute(code, silent=True, store_history=False)
        reply = None
        while reply is None or reply["parent_header"].get("msg_id") != request:
            reply = await _message(self.client.shell_channel, FENCE_SECONDS)

    async def shut_down(self) -> None:
        """Lets the kernel run its exit handlers, for a while; then kills it."""
        self._end_holding()
        if not self.exited.done():
            session = self.client.session
            self.client.control_channel.send(session.msg("shutdown_request", {"restart": False}))
            await asyncio.wait([self.exited], timeout=SHUTDOWN_SECONDS)
        if not self.exited.done():
            with contextlib.suppress(OSError):
                self._process.kill()
            await self.exited

    async def drained(self) -> None:
        """Waits until all that the kernel sent before it ended has been received, or for a while."""
        assert self._monitor is not None, "ready"
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                # It is said behind the last message that came over the connection.
                await self._monitor.recv_multipart()

    async def close(self) -> None:
        """Frees everything. What the process started must be dead: it may hold the pipes."""
        await asyncio.wait(self._pipes, timeout=PIPES_SECONDS)
        for pipe in self._pipes:
            pipe.cancel()
        self.client.stop_channels()
        self.client.context.destroy(linger=0)
        self._release()

    def _receiver(self, number: int) -> Callable[[bytes], None]:
        def keep_and_receive(data: bytes) -> None:
            if FENCE.encode() in data:
                self._fences[number].set()
            self._tail += data
            del self._tail[:-TAIL_BYTES]
            if self._receive is not None:
                self._receive(number, data)

        return keep_and_receive

    def _last_words(self) -> str:
        lines = [line.strip() for line in self._tail.decode("utf-8", "replace").splitlines() if line.strip()]
        return f": {lines[-1]}" if lines else ""


async def _message(channel: Any, timeout_seconds: float) -> dict[str, Any] | None:
    try:
        return cast("dict[str, Any]", await channel.get_msg(timeout=timeout_seconds))
    except Empty:
        return None


def _manager(name: str, directory: str) -> AsyncKernelManager:
    connection_file = f"{directory}/connection.json"
    if processes.IS_WINDOWS:
        return AsyncKernelManager(kernel_name=name, connection_file=connection_file)
    return AsyncKernelManager(kernel_name=name, connection_file=connection_file, transport="ipc", ip=f"{directory}/k")


def context() -> zmq.asyncio.Context:
    """For the sockets of a client that must not lose an output."""
    made = zmq.asyncio.Context()
    # However slowly this process reads, no output may be thrown away because of it.
    made.setsockopt(zmq.RCVHWM, 0)
    # The kernel is not listening yet: look for it more often than every 0.1 s.
    made.setsockopt(zmq.RECONNECT_IVL, 10)
    made.setsockopt(zmq.LINGER, 0)
    return made


def _remove_traces(manager: AsyncKernelManager) -> None:
    manager.context.destroy(linger=0)
    shutil.rmtree(Path(manager.connection_file).parent, ignore_errors=True)


def short_directory() -> str:
    """Of this process, private, with a path short enough for sockets."""
    return leftovers.kernel_directory(os.getpid())
