"""The programs that Taskdeck is compared with, each started as its users start it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

EFFECT = "import pathlib, time\npathlib.Path({effect!r}).write_text(repr(time.time()))\n"
NBCLIENT_PROGRAM = """
import sys
import nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook).execute()
nbformat.write(notebook, sys.argv[2])
"""


class PeerFailed(Exception):
    """The program ended with an error; the message is the last of what it said."""


def papermill(notebook: Path) -> list[str]:
    """The ``papermill`` command, run in the environment in which this program runs."""
    beside = Path(sys.executable).with_name("papermill")
    command = [str(beside)] if beside.exists() else [sys.executable, "-m", "papermill"]
    return [*command, str(notebook), str(notebook.with_suffix(".out.ipynb"))]


def nbclient(notebook: Path) -> list[str]:
    return [sys.executable, "-c", NBCLIENT_PROGRAM, str(notebook), str(notebook.with_suffix(".out.ipynb"))]


def python(script: Path) -> list[str]:
    return [sys.executable, str(script)]


def timed(command: list[str], effect: Path | None = None) -> dict[str, float]:
    """Seconds from its start to its ``end``, and to the ``first`` effect of its task, if that writes one.

    Raises `PeerFailed`.
    """
    if effect is not None:
        effect.unlink(missing_ok=True)
    started_at, started = time.time(), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    took = {"end": time.perf_counter() - started}
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise PeerFailed(f"{Path(command[0]).name}: exit code {done.returncode}: {last}")
    if effect is not None:
        took["first"] = float(effect.read_text()) - started_at
    return took
