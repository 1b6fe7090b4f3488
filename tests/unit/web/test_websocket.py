from __future__ import annotations

import socket

import pytest
from geventwebsocket.handler import WebSocketHandler

from taskdeck.web.websocket import Handler


def test_nothing_that_is_sent_waits_for_an_acknowledgement(monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[int] = []

    def serve(handler: Handler) -> None:
        served.append(handler.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    monkeypatch.setattr(WebSocketHandler, "handle", serve, raising=False)
    with socket.socket() as connection:
        handler = Handler.__new__(Handler)
        handler.socket = connection
        handler.handle()
    assert served != [0]
    assert len(served) == 1
