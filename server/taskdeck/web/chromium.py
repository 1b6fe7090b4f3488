"""Prints a page with a Chromium of its own, which reaches nothing but that page.

``python -m taskdeck.web.chromium BROWSER DIRECTORY SERVER MEMORY`` reads the page from standard input and writes the
PDF to standard output. SERVER is the pid of its parent, MEMORY what it may take, in bytes; it must lead its group.
It speaks the DevTools protocol over pipes (https://chromedevtools.github.io/devtools-protocol/): when they close, the
browser ends by itself. Every request of the page comes here and is refused, and so are scripts.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

import psutil

from taskdeck.web.browser_guard import Guard

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NONE = "none"

_ADDRESS = "https://page.invalid/"
_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
_FLAGS = (
    "--headless",
    "--remote-debugging-pipe",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-sync",
    "--mute-audio",
    "--no-default-browser-check",
    "--no-first-run",
    # Nothing listens there: what would get past us gets nowhere.
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
)
# A4, in inches.
_PAPER = {"paperWidth": 8.27, "paperHeight": 11.69}
_MARGINS = dict.fromkeys(("marginTop", "marginBottom", "marginLeft", "marginRight"), 0.5)
_PIECE_BYTES = 1024 * 1024
MAX_PDF_BYTES = 128 * 1024 * 1024
_CLOSE_SECONDS = 5.0
_ENDED = "the browser ended by itself"

Message = dict[str, Any]


class Failed(RuntimeError):
    """The browser did not do what it was asked for; the message says what it said."""


def find(setting: str) -> str | None:
    """The browser's program: the one that is set, or one of the usual names; ``None`` where there is none."""
    # The pipes need descriptors with numbers, which Windows lacks.
    if setting == NONE or os.name != "posix":
        return None
    return next((found for name in ([setting] if setting else NAMES) if (found := shutil.which(name))), None)


class _Browser:
    """A running browser."""

    def __init__(self, program: str, directory: str) -> None:
        (their_in, our_out), (our_in, their_out) = _high_pipe(), _high_pipe()
        # The browser reads from descriptor 3 and writes to 4. In this process nothing else uses them.
        os.dup2(their_in, 3, inheritable=True)
        os.dup2(their_out, 4, inheritable=True)
        # Chromium refuses its own sandbox to root.
        as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
        self._process = subprocess.Popen(
            [program, *_FLAGS, *as_root, f"--user-data-dir={directory}/profile", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(3, 4),
            cwd=directory,
            env={"PATH": os.environ.get("PATH", os.defpath), "HOME": directory, "TMPDIR": directory, "LANG": "C.UTF-8"},
        )
        for descriptor in (3, 4, their_in, their_out):
            os.close(descriptor)
        self._out = os.fdopen(our_out, "wb")
        self._in = os.fdopen(our_in, "rb")
        self._number = 0
        self._pending = b""

    def send(self, method: str, session: str | None = None, **parameters: Any) -> int:
        """The number of the message. Raises `Failed`."""
        self._number += 1
        message: Message = {"id": self._number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        try:
            self._out.write(json.dumps(message).encode() + b"\0")
            self._out.flush()
        except BrokenPipeError:
            raise Failed(_ENDED) from None
        return self._number

    def receive(self) -> Message:
        """Raises `Failed`."""
        pieces = [self._pending]
        while b"\0" not in pieces[-1]:
            piece = os.read(self._in.fileno(), _PIECE_BYTES)
            if not piece:
                raise Failed(_ENDED)
            pieces.append(piece)
        text, _, self._pending = b"".join(pieces).partition(b"\0")
        message: Message = json.loads(text)
        return message

    def call(self, method: str, session: str | None = None, **parameters: Any) -> Message:
        """The answer; what happens meanwhile is passed over. Raises `Failed`."""
        number = self.send(method, session, **parameters)
        return self.until(lambda message: message.get("id") == number)

    def until(self, is_it: Callable[[Message], bool]) -> Message:
        """The result of the first message that is it. Raises `Failed`."""
        while True:
            message = self.receive()
            if "error" in message and "id" in message:
                raise Failed(str(message["error"].get("message")))
            if is_it(message):
                result: Message = message.get("result", {})
                return result

    def close(self) -> None:
        with contextlib.suppress(Failed, OSError):
            self.send("Browser.close")
        of_it: list[psutil.Process] = []
        with contextlib.suppress(psutil.NoSuchProcess):
            of_it = psutil.Process(self._process.pid).children(recursive=True)
        try:
            self._process.wait(_CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        for process in of_it:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


def print_page(browser: _Browser, page: bytes, pdf: BinaryIO) -> None:
    """Also closes the browser. Raises `Failed` and `OSError`."""
    try:
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        browser.call("Page.enable", session)
        browser.call("Emulation.setScriptExecutionDisabled", session, value=True)
        browser.call("Fetch.enable", session, patterns=[{"urlPattern": "*"}])
        _show(browser, session, page)
        options = {"printBackground": True, "preferCSSPageSize": True, "transferMode": "ReturnAsStream"}
        stream = browser.call("Page.printToPDF", session, **options, **_PAPER, **_MARGINS)["stream"]
        written = 0
        while True:
            piece = browser.call("IO.read", session, handle=stream, size=_PIECE_BYTES)
            data = piece["data"]
            written += pdf.write(base64.b64decode(data) if piece.get("base64Encoded") else data.encode())
            if written > MAX_PDF_BYTES:
                raise Failed(f"the PDF has more than {MAX_PDF_BYTES / 1024**2:g} MB")
            if piece["eof"]:
                return
    finally:
        browser.close()


def _show(browser: _Browser, session: str, page: bytes) -> None:
    """Answers the request for our address with the page, refuses all others, and waits until it is loaded."""
    is_answered = False

    def is_loaded(message: Message) -> bool:
        nonlocal is_answered
        if message.get("method") == "Fetch.requestPaused":
            paused = message["params"]
            if paused["request"]["url"] == _ADDRESS and not is_answered:
                is_answered = True
                headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": _POLICY}
                browser.send(
                    "Fetch.fulfillRequest",
                    session,
                    requestId=paused["requestId"],
                    responseCode=200,
                    responseHeaders=[{"name": name, "value": value} for name, value in headers.items()],
                    body=base64.b64encode(page).decode(),
                )
            else:
                browser.send("Fetch.failRequest", session, requestId=paused["requestId"], errorReason="BlockedByClient")
        return message.get("method") == "Page.loadEventFired"

    browser.send("Page.navigate", session, url=_ADDRESS)
    browser.until(is_loaded)


def _high_pipe() -> tuple[int, int]:
    """Ends that are neither 3 nor 4, and are not inherited."""
    import fcntl  # there is none on Windows, where only `find` is called

    low = os.pipe()
    high = fcntl.fcntl(low[0], fcntl.F_DUPFD_CLOEXEC, 10), fcntl.fcntl(low[1], fcntl.F_DUPFD_CLOEXEC, 10)
    for descriptor in low:
        os.close(descriptor)
    return high


def main() -> None:
    program, directory, server, memory_bytes = sys.argv[1:]
    page = sys.stdin.buffer.read()
    try:
        browser = _Browser(program, directory)
        # Not before: it would use the very descriptors that the browser is to get.
        with Guard(directory, server=int(server), memory_bytes=int(memory_bytes)):
            print_page(browser, page, sys.stdout.buffer)
    except (Failed, OSError) as error:
        sys.exit(str(error))
    finally:
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
