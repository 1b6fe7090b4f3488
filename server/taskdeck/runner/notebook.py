"""Runs a notebook: prepares it, starts its kernel, drives the cells, says how it ended.

The libraries for documents and cells take as long to import as a kernel takes to start, so they are imported while
one starts: hence the imports within functions.
"""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import logging
import re
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from taskdeck.model import event
from taskdeck.model.run import Outcome, RunStatus
from taskdeck.runner import kernelspecs, notebook_file, processes, redaction
from taskdeck.runner.ahead import EndedEarly, ForkedKernel
from taskdeck.runner.attempt import Attempt
from taskdeck.runner.kernel import Kernel, KernelFailed
from taskdeck.runner.kernelspecs import KernelNotInstalled
from taskdeck.runner.notebook_file import NotANotebook

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from taskdeck.runner.client import LiveClient
    from taskdeck.runner.document import Document
    from taskdeck.runner.outputs import Outputs

log = logging.getLogger(__name__)

REASON_CHARACTERS = 500
SAVE_LOOK_SECONDS = 1.0

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_STREAMS: dict[int, Literal["stdout", "stderr"]] = {1: "stdout", 2: "stderr"}


class Notebook:
    """A task of kind ``notebook``."""

    def __init__(self, attempt: Attempt, ahead: ForkedKernel | None = None) -> None:
        self._attempt = attempt
        self._ahead = ahead
        self._kernel: Kernel | None = None
        self._late_interrupt: asyncio.Future[None] | None = None
        self._client: LiveClient | None = None
        self._decoders = {number: codecs.getincrementaldecoder("utf-8")("replace") for number in _STREAMS}

    async def run(self) -> Outcome:
        attempt = self._attempt
        try:
            file = notebook_file.parse(attempt.source.content)
            name = attempt.job.kernel_name or file.kernel_name or kernelspecs.DEFAULT_NAME
            if self._ahead is not None and not self._ahead.is_wanted(name):
                self._ahead.discard()
                self._ahead = None
            if self._ahead is None:
                kernelspecs.find(name)
        except (NotANotebook, KernelNotInstalled) as error:
            return _failed(str(error))
        if attempt.cancellation.requested:
            return _failed("Cancelled before the kernel was started.")
        try:
            self._kernel = await self._start_kernel(name)
            return await self._run_with(self._kernel)
        except KernelFailed as error:
            return _failed(str(error))
        finally:
            if self._kernel is not None:
                await self._kernel.shut_down()
                await processes.kill_descendants()
                await self._kernel.close()

    async def _start_kernel(self, name: str) -> Kernel:
        """The kernel that was forked ahead, or a new one. Raises `KernelFailed`."""
        directory, variables = self._attempt.working_directory, self._attempt.variables
        self._attempt.inventory.python = self._python(name)
        if self._ahead is not None:
            self._attempt.watch.apply(self._ahead.process.pid)
            try:
                return await self._ahead.enter(directory, variables, self._receive_raw)
            except EndedEarly as error:
                how = self._attempt.watch.describe_exit(error.exit_code)
                raise KernelFailed(f"The kernel ended while it was starting ({how}).") from error
            except OSError as error:
                what = error.filename or "its process"
                raise KernelFailed(f"The kernel {name!r} cannot be started: {error.strerror}: {what}.") from error
        return await Kernel.start(
            name,
            working_directory=directory,
            variables=variables,
            python=self._attempt.job.python,
            receive=self._receive_raw,
            enter=self._attempt.watch.enter,
        )

    def _python(self, name: str) -> str | None:
        """The interpreter of the kernel; ``None`` for a kernel of another language."""
        if self._ahead is not None:
            return sys.executable
        if name == kernelspecs.DEFAULT_NAME and self._attempt.job.python != sys.executable:
            return self._attempt.job.python
        try:
            return kernelspecs.python_of(name)
        except kernelspecs.NotPython:
            return None

    async def interrupt(self) -> None:
        if self._kernel is not None:
            await self._kernel.interrupt()

    def _interrupt_if_cancelled(self) -> None:
        """A kernel that is idle ignores interrupts: one that came just before a cell is repeated within it."""
        if self._attempt.cancellation.requested:
            self._late_interrupt = asyncio.ensure_future(self.interrupt())

    async def _run_with(self, running: Kernel) -> Outcome:
        """From a started kernel on: everything that concerns the notebook."""
        from taskdeck.runner import document, injection
        from taskdeck.runner.client import LiveClient
        from taskdeck.runner.outputs import Outputs

        attempt, job = self._attempt, self._attempt.job
        try:
            prepared = injection.inject(document.upgrade(attempt.source.content), job.parameters)
        except injection.CannotInject as error:
            return _failed(str(error))
        masked = document.from_json(redaction.redact_notebook(prepared, attempt.masker))
        executed = document.Document(
            masked,
            attempt.run_directory / document.OUTPUT_NAME,
            input_name=Path(job.file).name,
            parameters=attempt.masker.value(job.parameters),
        )
        attempt.say(event.NotebookStarted(cells=document.cells_of(masked)))
        outputs = Outputs(executed, attempt.masker, attempt.say)
        async with self._saving(executed):
            info = await running.ready()
            executed.set_metadata("language_info", info.get("language_info", {}))
            version = f"{info.get('implementation')} {info.get('implementation_version')}"
            attempt.say(event.Facts(facts={"kernel": running.name, "kernel_version": version}))
            client = LiveClient(
                prepared,
                running,
                executed,
                outputs,
                on_running=self._interrupt_if_cancelled,
                remark=attempt.remark,
            )
            reader = asyncio.create_task(client.read_outputs())
            self._client = client
            try:
                return await _while_reading(reader, running, self._drive(client, executed, outputs))
            finally:
                if attempt.cancellation.requested and not running.exited.done():
                    attempt.remark("Interrupted: asking the kernel to shut down")
                await client.finish()
                reader.cancel()
                outputs.finish_all()
                client.set_widgets_metadata()
                if "widgets" in prepared.metadata:
                    executed.set_metadata("widgets", attempt.masker.value(prepared.metadata["widgets"]))

    async def _drive(self, client: LiveClient, executed: Document, outputs: Outputs) -> Outcome:
        """Executes the cells in order until one of them ends the notebook."""
        number = 0
        for index, cell in enumerate(client.nb.cells):
            if self._attempt.cancellation.requested:
                break
            number += cell.cell_type == "code"
            executed.start_cell(index)
            if cell.cell_type == "code" and _is_executed(cell, client):
                outcome = await self._execute(client, executed, outputs, index=index, number=number)
            else:
                outcome = None
            executed.end_cell(index, cell.metadata.get("execution", {}))
            if outcome is not None:
                return outcome
        return Outcome(status=RunStatus.SUCCEEDED)

    async def _execute(
        self, client: LiveClient, executed: Document, outputs: Outputs, *, index: int, number: int
    ) -> Outcome | None:
        """Executes one cell; an outcome if the notebook ends with it."""
        from nbclient.exceptions import CellExecutionError, DeadKernelError

        from taskdeck.runner.client import is_normal_exit

        attempt, cell = self._attempt, client.nb.cells[index]
        attempt.watch.begin_cell()
        attempt.say(event.CellStarted(index=index))
        started = time.monotonic()
        outcome: Outcome | None = None
        try:
            await client.async_execute_cell(cell, index)
            if client.exit_requested:
                outcome = self._ended_early(number, "exit()")
        except CellExecutionError as error:
            if is_normal_exit(error.ename, error.evalue):
                outcome = self._ended_early(number, "sys.exit()")
            else:
                outcome = _failed(f"Cell {number}: {_in_words(error.ename, error.evalue)}")
        except DeadKernelError:
            assert self._kernel is not None
            how = attempt.watch.describe_exit(await self._kernel.exited)
            outcome = _failed(f"Cell {number}: the kernel died with {how}.")
        outputs.finish(index)
        status: Literal["ok", "error", "cancelled"] = "ok"
        if outcome is not None and outcome.status is RunStatus.FAILED:
            executed.fail_cell(index)
            status = "cancelled" if attempt.cancellation.requested else "error"
        # A message that the cell sent before it ended must not come after its end.
        await attempt.channel.settle()
        usage = attempt.watch.end_cell()
        executed.note_usage(index, cpu_seconds=usage.cpu_seconds, peak_memory_bytes=usage.memory_bytes)
        attempt.say(
            event.CellFinished(
                index=index,
                status=status,
                seconds=round(time.monotonic() - started, 3),
                execution_count=cell.execution_count,
                cpu_seconds=usage.cpu_seconds,
                peak_memory_bytes=usage.memory_bytes,
            )
        )
        return outcome

    def _ended_early(self, number: int, call: str) -> Outcome:
        self._attempt.remark(f"Cell {number} ended the notebook with {call}.", level="info")
        return Outcome(status=RunStatus.SUCCEEDED)

    @contextlib.asynccontextmanager
    async def _saving(self, executed: Document) -> AsyncIterator[None]:
        """Saves the executed notebook at the start, every few seconds and at the end, whatever happens."""
        trouble: list[str] = []

        def attempt_to(save: Callable[[], None]) -> None:
            try:
                save()
                trouble.clear()
            except OSError as error:
                if not trouble:
                    self._attempt.remark(f"The executed notebook cannot be saved: {error.strerror}.", level="error")
                trouble.append(str(error))

        async def save_again_and_again() -> None:
            while True:
                await asyncio.sleep(SAVE_LOOK_SECONDS)
                attempt_to(executed.save_if_due)

        attempt_to(executed.save)
        saver = asyncio.create_task(save_again_and_again())
        try:
            yield
        finally:
            saver.cancel()
            executed.complete()
            attempt_to(executed.save)

    def _receive_raw(self, number: int, data: bytes) -> None:
        """What the kernel's process itself writes."""
        text = self._decoders[number].decode(data)
        if not text:
            return
        if self._client is None:
            self._attempt.say(event.Stream(name=_STREAMS[number], text=text))
        elif self._kernel is not None and not self._kernel.copies_descriptors:
            self._client.write(_STREAMS[number], text)


async def _while_reading(reader: asyncio.Task[None], running: Kernel, work: Coroutine[Any, Any, Outcome]) -> Outcome:
    """The outcome of ``work``; a failure at once if the reader of the kernel's messages ends before it."""
    driving = asyncio.ensure_future(work)
    try:
        await asyncio.wait({driving, reader}, return_when=asyncio.FIRST_COMPLETED)
        if driving.done():
            return driving.result()
        error = reader.exception()
        log.error("reader_ended", exc_info=error)
        # The cell that runs ends as if its kernel had died: nbclient takes a cancellation for that anyway.
        await running.shut_down()
        await asyncio.wait({driving})
    finally:
        driving.cancel()
    what = f"{type(error).__name__}: {error}" if error is not None else "the connection was closed"
    return _failed(f"The kernel's outputs cannot be read any more: {what}")


def _is_executed(cell: NotebookNode, client: LiveClient) -> bool:
    return bool(cell.source.strip()) and client.skip_cells_with_tag not in cell.metadata.get("tags", [])


def _failed(reason: str) -> Outcome:
    return Outcome(status=RunStatus.FAILED, reason=reason)


def _in_words(name: str, value: str) -> str:
    """``ValueError: year must be …``: an exception of bounded length, in the lines that its author gave it."""
    plain = _ANSI.sub("", f"{name}: {value}" if value else name)
    text = "\n".join(" ".join(line.split()) for line in plain.splitlines() if line.strip())
    return text if len(text) <= REASON_CHARACTERS else text[: REASON_CHARACTERS - 1] + "…"
