"""gevent's WebSockets, with bounds on what a client may send and on how long it may take nothing."""

from __future__ import annotations

import logging
import socket
from types import TracebackType
from typing import Any

from geventwebsocket.exceptions import ProtocolError
from geventwebsocket.handler import WebSocketHandler
from geventwebsocket.websocket import Stream, WebSocket

from taskdeck.web.gate import CONNECTION, Refused, is_socket
from taskdeck.web.live import MAX_MESSAGE_BYTES

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 60.0
"""Longer than the socket's heartbeat: who says nothing, or takes nothing, for so long is gone."""


class BoundedWebSocket(WebSocket):  # type: ignore[misc]
    """The library reads whatever length a frame claims to have; this bounds what a message may take."""

    __slots__ = ("_left", "_read")

    def __init__(self, environ: dict[str, Any], stream: Stream, handler: WebSocketHandler) -> None:
        super().__init__(environ, stream, handler)
        self._read = stream.read
        self._left = MAX_MESSAGE_BYTES
        self.raw_read = self._read_bounded  # type: ignore[misc]  # a slot of the base class

    def read_message(self) -> str | bytes | None:
        self._left = MAX_MESSAGE_BYTES
        message: str | bytes | None = super().read_message()
        return message

    def _read_bounded(self, length: int) -> bytes:
        if length > self._left:
            raise ProtocolError(f"the message is longer than {MAX_MESSAGE_BYTES} bytes")
        self._left -= length
        data: bytes = self._read(length)
        return data


class Handler(WebSocketHandler):  # type: ignore[misc]
    """Makes WebSockets of requests that the `gate.Gate` it serves lets through to the socket, and of no others."""

    def handle(self) -> None:
        # The server sends head and body of an answer apart. Without this the system keeps the body back until the
        # client has acknowledged the head, which on a connection that is kept takes 40 ms; frames the same.
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().handle()

    def get_environ(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environ()
        environ[CONNECTION] = self.socket
        return environ

    def handle_error(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, TimeoutError):
            # Whoever set a time for this connection meant it: nothing is wrong with the server.
            log.info("client_dropped reason=takes_nothing")
            self.close_connection = True
            return
        super().handle_error(kind, error, trace)

    def upgrade_websocket(self) -> list[str] | None:
        if not is_socket(self.environ):
            return None
        try:
            self.application.check(self.environ)
        except Refused:
            # Served as a request like any other, it meets the gate again and gets its answer there.
            return None
        refusal: list[str] | None = super().upgrade_websocket()
        return refusal

    def upgrade_connection(self) -> list[str] | None:
        refusal: list[str] | None = super().upgrade_connection()
        if unbounded := getattr(self, "websocket", None):
            # Marked as closed, it does not say farewell on the wire when it is collected.
            unbounded.closed = True
            self.websocket = BoundedWebSocket(self.environ, Stream(self), self)
            self.environ["wsgi.websocket"] = self.websocket
            self.socket.settimeout(TIMEOUT_SECONDS)
        return refusal
