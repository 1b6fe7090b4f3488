"""What stands before the socket, where Flask's own checks do not reach: host, origin, length and number."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from taskdeck.web import errors
from taskdeck.web.origins import ForeignHost, ForeignOrigin, Hosts, Page

SOCKET_PATH = "/socket.io/"
RECEIVED_AT_NS = "taskdeck.received_at_ns"
"""In a request's environment: when it came in, by the wall clock."""
CONNECTION = "taskdeck.connection"
"""In the same: the connection that it came by."""
MAX_CONNECTIONS = 5000

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]


class Refused(Exception):
    """A request that does not get to the socket."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        self.status = status
        super().__init__(detail)


class Gate:
    """WSGI middleware around the whole app."""

    def __init__(
        self, app: WsgiApp, *, hosts: Hosts, max_message_bytes: int, count_connections: Callable[[], int]
    ) -> None:
        self._app = app
        self._hosts = hosts
        self._max_message_bytes = max_message_bytes
        self._count_connections = count_connections

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        environ[RECEIVED_AT_NS] = time.time_ns()
        if is_socket(environ):
            try:
                self.check(environ)
            except Refused as refused:
                headers = [("Content-Type", "application/problem+json"), ("X-Content-Type-Options", "nosniff")]
                start_response(f"{refused.status.value} {refused.status.phrase}", headers)
                return [errors.body(refused.status, str(refused))]
        return self._app(environ, start_response)

    def check(self, environ: Environ) -> None:
        """Raises `Refused`."""
        page = Page.of(environ)
        try:
            self._hosts.check_host(page.host)
            # Who connects proves inside of the socket that it may, so a missing origin is no reason to refuse.
            self._hosts.check_origin(page, needs_origin=False)
        except (ForeignHost, ForeignOrigin) as error:
            raise Refused(HTTPStatus.FORBIDDEN, str(error)) from None
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > self._max_message_bytes:
            raise Refused(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"The message is longer than {self._max_message_bytes:,} bytes.",
            )
        is_new = "sid" not in parse_qs(environ.get("QUERY_STRING", ""))
        if is_new and self._count_connections() >= MAX_CONNECTIONS:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, f"{MAX_CONNECTIONS} browsers are connected; try again later.")


def is_socket(environ: Environ) -> bool:
    path: str = environ.get("PATH_INFO", "")
    return path.startswith(SOCKET_PATH)
