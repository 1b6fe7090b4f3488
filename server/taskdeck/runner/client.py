"""nbclient with every output handed on at the moment it arrives, whichever cell it belongs to."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

import zmq
from nbclient.client import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import output_from_msg

from taskdeck.runner.document import Document
from taskdeck.runner.kernel import FENCE, Kernel
from taskdeck.runner.outputs import Outputs

log = logging.getLogger(__name__)

LOST_IDLE_SECONDS = 4.0

BEHIND_SECONDS = 1.0
"""A message that was sent so long ago, with others behind it: the kernel says more than can be read."""

# IPython's advice for interactive users, after sys.exit().
_EXIT_ADVICE = re.compile(r"[^\n]*UserWarning: To exit: use 'exit', 'quit', or Ctrl-D\.\n[^\n]*warn\([^\n]*\n")


class LiveClient(NotebookClient):  # type: ignore[misc]
    """Executes the cells of ``notebook``, which stays as it is: what they put out goes to ``outputs``.

    One reader takes all messages of the iopub channel from the start of the kernel to its end. (nbclient reads it
    only while a cell executes, and drops what belongs to earlier cells: the output of their threads.)
    """

    def __init__(
        self,
        notebook: NotebookNode,
        kernel: Kernel,
        document: Document,
        outputs: Outputs,
        *,
        on_running: Callable[[], None],
        remark: Callable[[str], object],
    ) -> None:
        """``on_running`` is called when a cell really runs: from then on an interrupt reaches it.

        ``remark`` tells the analyst that not all outputs are there.
        """
        super().__init__(notebook)
        # Widgets that capture outputs would keep them to themselves.
        self.widget_registry: dict[str, Any] = {}
        self._on_running = on_running
        self._remark = remark
        self._has_remarked = False
        self.kc = kernel.client
        self._kernel = kernel
        self._document = document
        self._live = outputs
        self._cells: dict[str, int] = {}
        self._current: int | None = None
        self._idle: dict[str, asyncio.Event] = {}
        self._heard_at = 0.0
        self._fenced = False
        self.exit_requested = False
        """A cell called ``exit()``: the kernel is about to end."""

    async def read_outputs(self) -> None:
        """Runs until it is cancelled."""
        assert self.kc is not None
        while True:
            message = await cast("Any", self.kc.iopub_channel).get_msg(timeout=None)
            self._heard_at = time.monotonic()
            try:
                self._take(message)
            except Exception as error:
                # What one library puts into a message must not cost the outputs that follow.
                log.exception("output_not_understood")
                if not self._has_remarked:
                    self._has_remarked = True
                    self._remark(f"An output of the kernel was not understood ({type(error).__name__}: {error}).")
            self._keep_up(message)
            # Where the next message is there already, reading it lets nobody else have a turn.
            await asyncio.sleep(0)

    def _keep_up(self, message: dict[str, Any]) -> None:
        """Makes a kernel wait that says more than this process can read, which would keep it all in memory."""
        socket = cast("Any", self.kc).iopub_channel.socket
        if not socket.get(zmq.EVENTS) & zmq.POLLIN:
            self._kernel.go_on()
            return
        sent_at = message["header"].get("date")
        if isinstance(sent_at, datetime) and (datetime.now(UTC) - sent_at).total_seconds() > BEHIND_SECONDS:
            self._kernel.hold()

    def write(self, name: str, text: str) -> None:
        """What a kernel writes past its channels belongs to the latest cell."""
        if self._current is not None:
            self._live.write(self._current, name, text)

    async def finish(self) -> None:
        """Ends the kernel, after everything that it and its exit handlers have to say."""
        self._fenced = True
        await self._kernel.flush()
        await self._kernel.shut_down()
        await self.catch_up()

    async def catch_up(self) -> None:
        """Returns when all has been read that a kernel which has ended left in the sockets."""
        await self._kernel.drained()
        assert self.kc is not None
        socket = cast("Any", self.kc.iopub_channel).socket
        while socket.get(zmq.EVENTS) & zmq.POLLIN:  # noqa: ASYNC110 - the reader waits for the same event
            await asyncio.sleep(0)
        # The reader has taken the last message off the socket, but may not have handled it.
        await asyncio.sleep(0)

    def _take(self, message: dict[str, Any]) -> None:
        parent = message["parent_header"].get("msg_id", "")
        content = message["content"]
        if message["msg_type"] == "status":
            if parent in self._cells:
                self._time(self._cells[parent], f"iopub.status.{content['execution_state']}", message)
            if content["execution_state"] == "idle" and parent in self._idle:
                self._idle[parent].set()
            return
        index = self._cells.get(parent)
        if index is None and message["msg_type"] == "stream":
            # What threads that the kernel cannot assign to a cell and exit handlers write belongs to the latest.
            index = self._current
        if index is not None:
            self.process_message(message, self.nb.cells[index], index)

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        content = msg["content"]
        given_id = (content.get("transient") or {}).get("display_id")
        # The protocol says text; `display(1, display_id=5)` sends a number.
        display_id = None if given_id is None else str(given_id)
        match msg["msg_type"]:
            case "execute_input":
                self._time(cell_index, "iopub.execute_input", msg)
                cell.execution_count = content["execution_count"]
                self._document.count(cell_index, content["execution_count"])
                self._on_running()
            case "stream":
                self._live.write(cell_index, content["name"], self._text(content))
            case "display_data" | "execute_result":
                self._live.show(cell_index, output_from_msg(msg), display_id)
            case "error" if not is_normal_exit(content["ename"], content["evalue"]):
                self._live.show(cell_index, output_from_msg(msg))
            case "update_display_data" if display_id is not None:
                output = {"output_type": "display_data", "data": content["data"], "metadata": content["metadata"]}
                self._live.update(display_id, output)
            case "clear_output":
                self._live.clear(cell_index, wait=bool(content.get("wait")))
            case "comm_open" | "comm_msg":
                # The states of widgets, kept for the notebook's metadata.
                self.handle_comm_msg([], msg, cell_index)
            case _:
                pass
        return None

    async def _async_poll_output_msg(self, parent_msg_id: str, cell: NotebookNode, cell_index: int) -> None:
        # This runs before any message of the cell can have been read: tasks that are ready go first in a loop turn.
        self._cells[parent_msg_id] = cell_index
        self._current = cell_index
        self._idle[parent_msg_id] = asyncio.Event()
        await self._idle[parent_msg_id].wait()

    async def _async_poll_for_reply(
        self,
        msg_id: str,
        cell: NotebookNode,
        timeout: int | None,  # noqa: ASYNC109 - nbclient's own signature
        task_poll_output_msg: asyncio.Future[Any],
        task_poll_kernel_alive: asyncio.Future[Any],
    ) -> dict[str, Any]:
        assert self.kc is not None
        reply: dict[str, Any] = {"parent_header": {}}
        while reply["parent_header"].get("msg_id") != msg_id:
            reply = await cast("Any", self.kc.shell_channel).get_msg(timeout=None)
        self._time(self._cells[msg_id], "shell.execute_reply", reply)
        # The end of a cell is its `idle`, after all its outputs. nbclient gives up on it after some seconds, however
        # much is still to be read; here the channel must also have been silent for so long.
        while not task_poll_output_msg.done():
            await asyncio.wait([task_poll_output_msg], timeout=LOST_IDLE_SECONDS)
            if time.monotonic() - self._heard_at >= LOST_IDLE_SECONDS:
                self.log.warning("The kernel did not say that it is idle again.")
                task_poll_output_msg.cancel()
                break
        task_poll_kernel_alive.cancel()
        self._idle.pop(msg_id, None)
        self.exit_requested = any(each.get("source") == "ask_exit" for each in reply["content"].get("payload", ()))
        return reply

    async def _async_poll_kernel_alive(self) -> None:
        # Shielded: this task is cancelled at the end of each cell, and the kernel goes on.
        await asyncio.shield(self._kernel.exited)
        await self.catch_up()
        assert self.task_poll_for_reply is not None
        self.task_poll_for_reply.cancel()

    def _time(self, cell_index: int, what: str, message: dict[str, Any]) -> None:
        date = message["header"].get("date")
        execution = self.nb.cells[cell_index].metadata.setdefault("execution", {})
        execution[what] = date.isoformat() if hasattr(date, "isoformat") else str(date)

    def _text(self, content: dict[str, Any]) -> str:
        text: str = content["text"]
        if content["name"] == "stderr" and "To exit:" in text:
            text = _EXIT_ADVICE.sub("", text)
        return text.replace(FENCE, "") if self._fenced else text


def is_normal_exit(name: str, value: str) -> bool:
    """Whether an exception ends a notebook early without failing it: ``sys.exit()``, also with 0 or None."""
    return name == "SystemExit" and value in ("", "0", "None", "False")
