"""JSON over a socket between processes of one machine: its length in eight bytes, then the text."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from typing import Any

_LENGTH = struct.Struct("!Q")


class Disconnected(EOFError):
    """The process at the other end of the socket is gone."""


def encode(text: str) -> bytes:
    """A packet of JSON text."""
    content = text.encode()
    return _LENGTH.pack(len(content)) + content


def receive(connection: socket.socket) -> bytes:
    """The next packet's JSON, waited for. Raises `Disconnected`."""
    (length,) = _LENGTH.unpack(_exactly(connection, _LENGTH.size))
    return _exactly(connection, length)


def receive_json(connection: socket.socket) -> Any:
    """The next packet's value, waited for. Raises `Disconnected`."""
    return json.loads(receive(connection))


async def receive_async(connection: socket.socket) -> bytes:
    """`receive` for the running loop; the socket must not be blocking."""
    loop = asyncio.get_running_loop()
    received = bytearray()
    wanted = _LENGTH.size
    while len(received) < wanted:
        try:
            piece = await loop.sock_recv(connection, min(wanted - len(received), 1 << 20))
        except ConnectionResetError:
            # The other side was closed with something unread. Said once; then comes what it had sent before.
            continue
        if not piece:
            raise Disconnected
        received += piece
        if wanted == len(received) == _LENGTH.size:
            wanted += _LENGTH.unpack(received)[0]
    return bytes(received[_LENGTH.size :])


def send(connection: socket.socket, value: Any) -> None:
    """Sends a value as a packet. Raises `OSError`."""
    connection.sendall(encode(json.dumps(value)))


def _exactly(connection: socket.socket, length: int) -> bytes:
    received = bytearray()
    while len(received) < length:
        piece = connection.recv(min(length - len(received), 1 << 20))
        if not piece:
            raise Disconnected
        received += piece
    return bytes(received)
