"""The body of a request that is too long for the memory, read as it comes in."""

from __future__ import annotations

import math
import socket
import threading
import time
from contextlib import suppress
from typing import IO, Any

from flask import request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

PIECE_BYTES = 64 * 1024
PATIENCE_SECONDS = 60.0
"""For each piece: others wait while somebody uploads."""


class TooSlow(TimeoutError):
    """The body comes in too slowly. Others are waiting; try again over a faster connection."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class TooLong(ValueError):
    """The body is longer than it may be; the message says how long that is."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(f"The body is longer than {max_bytes:,} bytes.")


class Upload:
    """``read`` is all that it offers of a file. Raises `TooLong`, `TooSlow` and `ClientDisconnected`.

    ``connection``: the one that the request came by, where the server tells.
    """

    def __init__(self, *, max_bytes: int, connection: Any, max_seconds: float = math.inf) -> None:
        if (request.content_length or 0) > max_bytes:
            raise TooLong(max_bytes)
        # One more than may be: a body of unknown length is cut off there, and must not pass for a whole one.
        request.max_content_length = max_bytes + 1
        self._max_bytes = max_bytes
        self._stream: IO[bytes] = request.stream
        self._socket: Any = connection
        self._is_too_slow = False
        self._deadline = time.monotonic() + max_seconds

    def read(self, size: int = -1, /) -> bytes:
        piece = min(size, PIECE_BYTES) if size >= 0 else PIECE_BYTES
        try:
            return self._read(piece)
        except RequestEntityTooLarge:
            raise TooLong(self._max_bytes) from None

    def _read(self, piece: int) -> bytes:
        if self._socket is None:
            return self._stream.read(piece)
        left = self._deadline - time.monotonic()
        timer = threading.Timer(max(0.0, min(PATIENCE_SECONDS, left)), self._give_up)
        timer.daemon = True
        timer.start()
        try:
            return self._stream.read(piece)
        except ClientDisconnected:
            if self._is_too_slow:
                raise TooSlow from None
            raise
        finally:
            timer.cancel()

    def _give_up(self) -> None:
        self._is_too_slow = True
        # Only reading ends: the client is yet to be told why.
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RD)
