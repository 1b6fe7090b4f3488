"""Many watchers in one process: ``python -m benchmarks.crowd URL TOKEN RUN_ID COUNT``.

Speaks Socket.IO over plain sockets and reads as little of each frame as it can: what this process takes of the
machine, the measured server lacks. Prints ``ready`` when all watch, and at the end ``{"delays": […], "complete": n}``:
the milliseconds that each message took to each watcher, and the number of watchers that got all of them.
"""

from __future__ import annotations

import base64
import json
import os
import re
import selectors
import socket
import struct
import sys
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 120.0
_SENT_AT = re.compile(rb'"text":"(\d+\.\d+) x')


@dataclass(kw_only=True)
class Watcher:
    """One Socket.IO connection. What a frame holds is only looked for, never parsed as a whole."""

    socket: socket.socket
    buffer: bytearray = field(default_factory=bytearray)
    messages: int = 0
    has_ended: bool = False

    def packets(self) -> list[bytes]:
        """The complete WebSocket messages that have arrived; control frames are left out."""
        found = []
        while (frame := self._next_frame()) is not None:
            kind, content = frame
            if kind == 1:
                found.append(content)
        return found

    def _next_frame(self) -> tuple[int, bytes] | None:
        if len(self.buffer) < 2:
            return None
        length, start = self.buffer[1] & 0x7F, 2
        if length == 126:
            if len(self.buffer) < 4:
                return None
            (length,), start = struct.unpack(">H", self.buffer[2:4]), 4
        elif length == 127:
            if len(self.buffer) < 10:
                return None
            (length,), start = struct.unpack(">Q", self.buffer[2:10]), 10
        if len(self.buffer) < start + length:
            return None
        kind, content = self.buffer[0] & 0x0F, bytes(self.buffer[start : start + length])
        del self.buffer[: start + length]
        return kind, content

    def send(self, text: str) -> None:
        content = text.encode()
        size = len(content)
        header = bytes([0x81, 0x80 | size]) if size < 126 else b"\x81\xfe" + struct.pack(">H", size)
        # Clients have to mask what they send; the mask of zeros leaves it as it is.
        self.socket.sendall(header + b"\0\0\0\0" + content)

    def wait_for(self, beginning: bytes) -> None:
        """Blocks until a packet with this beginning has come. Raises `OSError`."""
        while True:
            packets = self.packets()
            for packet in packets:
                # The server waits for acknowledgements: those of a frame that came first, too.
                self.take(packet, [])
            if any(packet.startswith(beginning) for packet in packets):
                return
            data = self.socket.recv(65536)
            if not data:
                raise ConnectionError("the server closed the connection")
            self.buffer += data

    def take(self, packet: bytes, delays: list[float]) -> None:
        if packet == b"2":
            self.send("3")
            return
        if packet.startswith(b"42"):
            if acknowledgement := re.match(rb"42(\d+)\[", packet):
                self.send(f"43{acknowledgement[1].decode()}[]")
            now = time.time()
            for sent_at in _SENT_AT.findall(packet):
                delays.append((now - float(sent_at)) * 1000)
                self.messages += 1
            if b'"ended":true' in packet[-40:] or b'"ended":true' in packet[:200]:
                self.has_ended = True


def connect(url: str, token: str, run_id: int) -> Watcher:
    """A watcher of the run. Raises `OSError`."""
    address = urlsplit(url)
    connection = socket.create_connection((address.hostname or "127.0.0.1", address.port or 80), TIMEOUT_SECONDS)
    key = base64.b64encode(os.urandom(16)).decode()
    connection.sendall(
        f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {address.netloc}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    watcher = Watcher(socket=connection)
    while b"\r\n\r\n" not in watcher.buffer:
        data = connection.recv(4096)
        if not data:
            raise ConnectionError("the server refused the WebSocket")
        watcher.buffer += data
    head, _, rest = bytes(watcher.buffer).partition(b"\r\n\r\n")
    if b" 101 " not in head.split(b"\r\n")[0]:
        raise ConnectionError(head.split(b"\r\n")[0].decode("latin-1"))
    watcher.buffer = bytearray(rest)
    watcher.send("40" + json.dumps({"token": token}))
    watcher.wait_for(b"40")
    watcher.send('420["watch",' + json.dumps({"run_id": run_id, "after": 0}) + "]")
    watcher.wait_for(b"430")
    return watcher


def watch(watchers: list[Watcher]) -> list[float]:
    """The delays of all messages to all watchers, until the run has ended for each of them."""
    delays: list[float] = []
    deadline = time.monotonic() + TIMEOUT_SECONDS
    with selectors.DefaultSelector() as selector:
        for watcher in watchers:
            watcher.socket.setblocking(False)
            selector.register(watcher.socket, selectors.EVENT_READ, watcher)
        remaining = len(watchers)
        while remaining and time.monotonic() < deadline:
            for key, _ in selector.select(1.0):
                watcher = key.data
                data = watcher.socket.recv(1 << 18)
                watcher.buffer += data
                for packet in watcher.packets():
                    watcher.take(packet, delays)
                if watcher.has_ended or not data:
                    selector.unregister(watcher.socket)
                    remaining -= 1
    return delays


def main() -> None:
    url, token, run_id, count, expected = sys.argv[1:]
    watchers = [connect(url, token, int(run_id)) for _ in range(int(count))]
    print("ready", flush=True)
    delays = watch(watchers)
    complete = sum(watcher.has_ended and watcher.messages == int(expected) for watcher in watchers)
    print(json.dumps({"delays": [round(delay, 2) for delay in delays], "complete": complete}), flush=True)


if __name__ == "__main__":
    main()
