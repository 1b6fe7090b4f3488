"""One process's connection to its runner: newline-delimited JSON over TCP on the loopback interface.

First a line with the token, then one event a line. The runner never answers on it; a question has a short connection
of its own. Loaded in a run only: JSON and sockets are most of what importing the SDK would cost.
"""

from __future__ import annotations

import contextlib
import json
import socket
import sys
import threading
from collections import deque

TYPE_CHECKING = False  # see environment.py
if TYPE_CHECKING:
    from typing import Any

CONNECT_TIMEOUT_SECONDS = 10.0
# A runner whose disk stalls stops reading; the task waits with it rather than lose what it has to say.
SEND_TIMEOUT_SECONDS = 60.0
ANSWER_TIMEOUT_SECONDS = 30.0

_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class NoAnswer(ConnectionError):
    """The runner of this run did not answer; the message says why."""


class Channel:
    """Sends events from any thread, signal handlers included. Connects at the first one.

    It never raises because the runner is gone: the author's work is worth more than its log.
    """

    def __init__(self, address: str, token: str) -> None:
        host, _, port = address.rpartition(":")
        self._address = (host, int(port))
        self._greeting = encode({"token": token})
        # Reentrant, for a signal handler that interrupts its own thread between two statements of `send`.
        self._lock = threading.RLock()
        self._sender: int | None = None
        self._interjections: deque[bytes] = deque()
        self._socket: socket.socket | None = None
        self._is_gone = False

    def send(self, event: dict[str, Any]) -> bool:
        """Whether the event, which must be what JSON can hold, was handed to the system for the runner."""
        line = encode(event)
        if self._sender == threading.get_ident():
            # A signal handler or finaliser speaks in the middle of a line of this very thread: after that line.
            self._interjections.append(line)
            return True
        with self._lock:
            sent = self._send(line)
            while self._interjections:
                self._send(self._interjections.popleft())
            return sent

    def ask(self, question: dict[str, Any], *, timeout_seconds: float = ANSWER_TIMEOUT_SECONDS) -> dict[str, Any]:
        """The runner's answer. Raises `NoAnswer`."""
        try:
            with _connect(self._address) as connection:
                connection.settimeout(timeout_seconds)
                connection.sendall(self._greeting + encode(question))
                with connection.makefile("rb") as answers:
                    line = answers.readline()
            if not line:
                raise NoAnswer("The run's server did not answer")
            answer: dict[str, Any] = json.loads(line)
        except (OSError, ValueError) as error:
            raise NoAnswer(f"The run's server did not answer: {error}") from error
        return answer

    def close(self) -> None:
        """Closes this process's end; what was sent still arrives. The next event opens a new connection."""
        connection, self._socket = self._socket, None  # first of all: closing, too, may be interrupted
        if connection is not None:
            connection.close()

    def _send(self, line: bytes) -> bool:
        if self._is_gone:
            return False
        self._sender = threading.get_ident()
        try:
            if self._socket is None:
                self._socket = _connect(self._address)
                line = self._greeting + line
            self._socket.sendall(line)
        except OSError as error:
            self.close()
            self._is_gone = True
            _tell(f"taskdeck: the connection to the run's server is lost ({error}); printing from here on")
            return False
        except BaseException:
            # Ctrl-C may have cut the line in two: whatever came after it would be read as its end.
            self.close()
            raise
        finally:
            self._sender = None
        return True


def encode(document: dict[str, Any]) -> bytes:
    """One line, newline included. Half a surrogate pair, which UTF-8 cannot hold, becomes ``?``."""
    return _to_json(document).encode("utf-8", "replace") + b"\n"


def _connect(address: tuple[str, int]) -> socket.socket:
    # Not `socket.create_connection`: it imports a codec for the name of the host, at a moment when a fork or a signal
    # handler may come in between.
    connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        connection.settimeout(CONNECT_TIMEOUT_SECONDS)
        connection.connect(address)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(SEND_TIMEOUT_SECONDS)
    except BaseException:
        connection.close()
        raise
    return connection


def _tell(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):  # stderr may have gone the same way as the runner
        print(text, file=sys.stderr, flush=True)
