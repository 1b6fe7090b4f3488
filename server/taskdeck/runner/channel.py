"""Where the task's messages arrive: a TCP server on the loopback interface, one JSON object a line.

A connection first shows a token. With the task's token it then sends events, or asks one question and gets one
answer; with the control token it may ask to cancel the run. To a connection that sends events nothing is ever
written: an answer that nobody reads would turn the task's close into a reset, and what it sent last would be lost.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import math
import secrets
import select
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from taskdeck.model import event
from taskdeck.model.event import Event
from taskdeck.runner import plain_messages
from taskdeck.runner.plain_messages import PlainMessage

MAX_LINE_BYTES = 1024 * 1024
MAX_LOGIN_BYTES = 4096
LOGIN_SECONDS = 10.0
SETTLE_SECONDS = 0.25
QUIET_SECONDS = 2.0
MAX_UNDERSTOOD_WARNINGS = 20

LEVELS = ("debug", "info", "warning", "error")


class MalformedLine(ValueError):
    """A line that is no event; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """What a connection shows: the task's own, and that of those who control the run. They are secrets of the run."""

    task: str = field(default_factory=lambda: _new_token())
    control: str = field(default_factory=lambda: _new_token())


class Channel:
    """Turns lines into events.

    ``on_plain`` gets messages that need not be decoded, some at a time; ``on_cancel`` gets the name of who asks, and
    tells whether it was not too late. ``on_update`` gets the repository and ref from which the task asks to update the
    configuration, and gives what came of it; ``None``: the task has to do it itself.
    ``on_check`` gets the directory of a project that the task would put in the place of its own, and gives what is
    wrong with it; ``None``: nobody can say.
    """

    def __init__(
        self,
        *,
        on_event: Callable[[Event], object],
        on_plain: Callable[[Sequence[PlainMessage]], object],
        on_cancel: Callable[[str], bool],
        on_update: Callable[[str, str], Awaitable[dict[str, Any] | None]] | None = None,
        on_check: Callable[[str], Awaitable[dict[str, Any] | None]] | None = None,
        connections: Mapping[str, Mapping[str, Any]],
        declared_connections: tuple[str, ...],
        outputs_directory: Path,
        tokens: Tokens,
    ) -> None:
        self.tokens = tokens
        self._on_event = on_event
        self._on_plain = on_plain
        self._on_cancel = on_cancel
        self._on_update = on_update
        self._on_check = on_check
        self._answering: set[asyncio.Future[None]] = set()
        self._connections = connections
        self._declared = declared_connections
        self._outputs_directory = outputs_directory
        self._warned: set[str] = set()
        self._malformed = 0
        self._server: asyncio.Server | None = None
        self._open: set[_Connection] = set()
        self._heard_at = 0.0
        self._is_held = False

    @property
    def port(self) -> int:
        return int(self._sockets()[0].getsockname()[1])

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", 0, backlog=1024)

    async def settle(self) -> None:
        """Returns when all that was sent before this call has become events.

        Bounded, because a thread of the task may never stop talking.
        """
        deadline = time.monotonic() + SETTLE_SECONDS
        while self._has_unread() and time.monotonic() < deadline:  # noqa: ASYNC110 - there is no event for it
            await asyncio.sleep(0)

    async def drain(self) -> None:
        """Reads everything to the end of each connection, the task's processes being gone.

        A connection that a process holds which could not be killed is given up when it has been quiet for a while.
        """
        self._heard_at = time.monotonic()
        while self._has_unread() or self._open:
            if self._is_held:
                self._heard_at = time.monotonic()
            if time.monotonic() - self._heard_at > QUIET_SECONDS:
                break
            await asyncio.sleep(0.001)

    def hold(self) -> None:
        """Reads nothing until `go_on`: whoever sends waits then, and nothing is lost."""
        self._is_held = True
        for connection in self._open:
            connection.hold()

    def go_on(self) -> None:
        self._is_held = False
        for connection in self._open:
            connection.go_on()

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for connection in list(self._open):
            connection.abort()

    def _sockets(self) -> list[Any]:
        return list(self._server.sockets) if self._server is not None else []

    def _has_unread(self) -> bool:
        """Whether a connection waits to be accepted, or holds unread data or its end."""
        found = [*self._sockets(), *(connection.socket for connection in self._open)]
        if not found:
            return False
        if hasattr(select, "poll"):
            # select() knows no descriptor above 1023.
            poll = select.poll()
            for each in found:
                poll.register(each, select.POLLIN)
            return bool(poll.poll(0))
        return bool(select.select(found, [], [], 0)[0])

    def receive_plain(self, lines: Sequence[bytes], start: int) -> int:
        """Handles the plain messages among the lines, from ``start`` to the first that is none; returns how many."""
        messages: list[PlainMessage] = []
        for place in range(start, len(lines)):
            message = plain_messages.parse(lines[place])
            if message is None or len(lines[place]) > MAX_LINE_BYTES:
                break
            messages.append(message)
        if not messages:
            return 0
        self._heard_at = time.monotonic()
        if plain_messages.are_utf8(messages):
            self._on_plain(messages)
        else:
            for line in lines[start : start + len(messages)]:
                self.receive(line)
        return len(messages)

    def receive(self, line: bytes) -> bytes | Awaitable[bytes] | None:
        """Handles one line of the task; returns the answer, if it was a question, or what will be one."""
        self._heard_at = time.monotonic()
        try:
            content = json.loads(line)
            if isinstance(content, dict) and content.get("ask") == "connection":
                return self._answer_connection(str(content.get("id", "")))
            if isinstance(content, dict) and content.get("ask") == "update_configuration":
                return self._answer_update(str(content.get("repository", "")), str(content.get("ref", "")))
            if isinstance(content, dict) and content.get("ask") == "check_configuration":
                return self._answer_check(str(content.get("directory", "")))
            self._on_event(decode(content, self._outputs_directory))
        except (ValueError, RecursionError, OSError) as error:
            # An OSError comes from looking at the file of an output.
            self._malformed += 1
            if self._malformed <= MAX_UNDERSTOOD_WARNINGS:
                self._warn(f"A message of the task was not understood ({error}): {_beginning(line)}")
        return None

    def receive_too_long(self, beginning: bytes) -> None:
        self._heard_at = time.monotonic()
        limit = MAX_LINE_BYTES // 1024
        self._warn(f"A message of more than {limit} KB was cut off: {_beginning(beginning, 1000)}")

    def receive_control(self, line: bytes) -> bytes | None:
        try:
            content = json.loads(line)
        except (ValueError, RecursionError):
            return None
        if not isinstance(content, dict) or content.get("ask") != "cancel":
            return None
        return _encode({"answer": self._on_cancel(str(content.get("by") or "somebody"))})

    def opened(self, connection: _Connection) -> None:
        self._open.add(connection)
        if self._is_held:
            # Not before the transport has begun to read, which it does after this.
            asyncio.get_running_loop().call_soon(connection.hold)

    def closed(self, connection: _Connection) -> None:
        self._open.discard(connection)

    def _answer_connection(self, connection_id: str) -> bytes:
        known = sorted(self._connections)
        values = self._connections.get(connection_id)
        if connection_id not in self._warned:
            self._warned.add(connection_id)
            if values is None:
                listed = ", ".join(known) or "none"
                self._warn(f"The task asked for the connection {connection_id!r}, which is not known. Known: {listed}.")
            elif connection_id not in self._declared:
                self._warn(
                    f"The task uses the connection {connection_id!r} without declaring it; "
                    "add it to the task's dataConnections."
                )
        return _encode({"answer": values, "known": known})

    async def _answer_update(self, repository: str, ref: str) -> bytes:
        return _encode({"answer": None if self._on_update is None else await self._on_update(repository, ref)})

    async def _answer_check(self, directory: str) -> bytes:
        return _encode({"answer": None if self._on_check is None else await self._on_check(directory)})

    def answer_later(self, connection: _Connection, answer: Awaitable[bytes]) -> None:
        """Others are listened to meanwhile."""

        async def send() -> None:
            connection.answer(await answer)

        sending = asyncio.ensure_future(send())
        self._answering.add(sending)
        sending.add_done_callback(self._answering.discard)

    def _warn(self, text: str) -> None:
        self._on_event(event.Message(level="warning", text=text, source="taskdeck"))


class _Connection(asyncio.Protocol):
    """Splits what arrives into lines; knows who is at the other end."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._buffer = bytearray()
        self._role: Literal["unknown", "task", "control"] = "unknown"
        self._skipping = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.socket = transport.get_extra_info("socket")
        self._channel.opened(self)
        self._login_timer = asyncio.get_running_loop().call_later(LOGIN_SECONDS, self.abort)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        lines: list[bytes] = []
        if b"\n" in data:
            *lines, rest = bytes(self._buffer).split(b"\n")
            self._buffer = bytearray(rest)
        if self._skipping and lines:
            self._skipping = False
            del lines[0]
        position = 0
        while position < len(lines):
            if self._role == "task" and (taken := self._channel.receive_plain(lines, position)):
                position += taken
            else:
                self._receive(lines[position])
                position += 1
        limit = MAX_LOGIN_BYTES if self._role == "unknown" else MAX_LINE_BYTES
        if len(self._buffer) > limit:
            if self._role != "task":
                self.abort()
            elif not self._skipping:
                self._skipping = True
                self._channel.receive_too_long(bytes(self._buffer[:2000]))
            self._buffer.clear()

    def connection_lost(self, error: Exception | None) -> None:
        self._login_timer.cancel()
        # A task that was killed while it sent leaves half a line, which is no event; a complete one counts even
        # without its line end.
        if self._role == "task" and not self._skipping and self._buffer.endswith(b"}"):
            self._receive(bytes(self._buffer))
        self._channel.closed(self)

    def hold(self) -> None:
        self._transport.pause_reading()

    def go_on(self) -> None:
        self._transport.resume_reading()

    def abort(self) -> None:
        self._transport.abort()

    def _receive(self, line: bytes) -> None:
        if self._transport.is_closing() and self._role == "unknown":
            return
        answer: bytes | Awaitable[bytes] | None = None
        match self._role:
            case "unknown":
                self._log_in(line)
            case "control":
                answer = self._channel.receive_control(line)
            case "task" if len(line) > MAX_LINE_BYTES:
                self._channel.receive_too_long(line[:2000])
            case "task" if line.strip():
                answer = self._channel.receive(line)
        if isinstance(answer, bytes):
            self.answer(answer)
        elif answer is not None:
            self._channel.answer_later(self, answer)

    def answer(self, answer: bytes) -> None:
        """The last that is written to it."""
        self._transport.write(answer)
        self._transport.close()

    def _log_in(self, line: bytes) -> None:
        try:
            token = str(json.loads(line)["token"]).encode()
        except (ValueError, KeyError, TypeError, RecursionError):
            token = b""
        if hmac.compare_digest(token, self._channel.tokens.task.encode()):
            self._role = "task"
        elif hmac.compare_digest(token, self._channel.tokens.control.encode()):
            self._role = "control"
        else:
            self.abort()
            return
        self._login_timer.cancel()


def decode(content: Any, outputs_directory: Path) -> Event:
    """The event that a line of the task means. Raises `MalformedLine`."""
    if not isinstance(content, dict):
        raise MalformedLine("not a JSON object")
    match content.get("kind"):
        case "message":
            level = content.get("level", "info")
            return event.Message(level=level if level in LEVELS else "info", text=_text(content.get("text", "")))
        case "progress":
            return event.Progress(
                current=_number(content.get("current"), "current"),
                total=None if content.get("total") is None else _number(content["total"], "total"),
                text=_text(content.get("text", "")),
                id=_text(content.get("id", "main")),
            )
        case "output":
            return _decode_output(content, outputs_directory)
        case kind:
            raise MalformedLine(f"unknown kind {kind!r}")


def _decode_output(content: dict[str, Any], outputs_directory: Path) -> Event:
    name, kind, file, columns = (content.get(key) for key in ("name", "output_kind", "file", "columns"))
    if not isinstance(name, str) or not name:
        raise MalformedLine("an output needs a name")
    if kind not in ("value", "table", "file"):
        raise MalformedLine(f"unknown output_kind {kind!r}")
    size = None
    if file is not None:
        path = (outputs_directory / str(file)).resolve()
        if not path.is_relative_to(outputs_directory.resolve()) or not path.is_file():
            raise MalformedLine(f"the output's file {file!r} is not below the run's outputs directory")
        size = path.stat().st_size
    elif kind != "value":
        raise MalformedLine(f"a {kind} needs a file")
    rows = content.get("rows")
    return event.OutputPublished(
        name=name,
        kind=kind,
        value=content.get("value"),
        file=None if file is None else str(file),
        size=size,
        rows=rows if isinstance(rows, int) else None,
        columns=[_text(column) for column in columns] if isinstance(columns, list) else None,
    )


def _new_token() -> str:
    # Output that ends like the beginning of a secret is held back. This one begins with a capital letter, and so does
    # its base64 in each position, which the end of a text rarely is.
    return f"QX{secrets.token_hex(32)}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise MalformedLine(f"{name} is not a number")
    return value


def _encode(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer).encode() + b"\n"


def _beginning(line: bytes, length: int = 200) -> str:
    text = line.decode("utf-8", "replace")
    return text if len(text) <= length else text[:length] + "…"
