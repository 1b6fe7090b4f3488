"""A notebook's page as PDF, printed by a browser in processes of their own, which are killed as a whole."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile

from taskdeck.web import chromium
from taskdeck.web.notebook_html import ConversionFailed
from taskdeck.web.turns import Turn

TIMEOUT_SECONDS = 120.0
MAX_MEMORY_BYTES = 2 * 1024**3
MAX_PAGE_BYTES = 48 * 1024 * 1024
"""What fits, encoded, into a message to the browser."""

MAX_PARENT_CHARACTERS = 30

_turn = Turn()


class NoBrowser(RuntimeError):
    """This server cannot make PDFs: it has no Chromium or Chrome. Print the notebook's page from your browser, or ask
    the operator to install one (or to name it in TASKDECK_CHROMIUM)."""

    def __init__(self) -> None:
        super().__init__(" ".join((self.__doc__ or "").split()))


def convert(page: bytes, setting: str) -> bytes:
    """``setting`` names the browser, as `chromium.find` takes it. Raises `NoBrowser`, `ConversionFailed` and `Busy`."""
    program = chromium.find(setting)
    if program is None:
        raise NoBrowser
    if len(page) > MAX_PAGE_BYTES:
        raise ConversionFailed(
            f"The notebook is too large for a PDF: its page has {len(page) / 1024**2:,.0f} MB, and "
            f"{MAX_PAGE_BYTES / 1024**2:,.0f} MB are the most. Download the notebook instead."
        )
    # The browser makes a socket there, whose path has about a hundred characters at most.
    parent = tempfile.gettempdir() if len(tempfile.gettempdir()) <= MAX_PARENT_CHARACTERS else "/tmp"  # noqa: S108
    with (
        _turn,
        tempfile.TemporaryDirectory(prefix="taskdeck-pdf-", dir=parent, ignore_cleanup_errors=True) as directory,
    ):
        return _printed(program, directory, page)


def _printed(program: str, directory: str, page: bytes) -> bytes:
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "taskdeck.web.chromium"),
            *(program, directory, str(os.getpid()), str(MAX_MEMORY_BYTES)),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A group of its own, with the browser in it.
        start_new_session=True,
    )
    try:
        pdf, complaint = process.communicate(page, timeout=TIMEOUT_SECONDS)
    except BaseException as error:
        # Before it is reaped: until then, the group's number is nobody else's.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if isinstance(error, subprocess.TimeoutExpired):
            raise ConversionFailed(
                f"The notebook is too large for a PDF: that took longer than {TIMEOUT_SECONDS:g} s. "
                "Download the notebook instead."
            ) from None
        raise
    if process.returncode != 0:
        last_line = (complaint.decode("utf-8", "replace").strip().splitlines() or ["no reason given"])[-1]
        raise ConversionFailed(f"The notebook could not be printed: {last_line}. Download the notebook instead.")
    return pdf
