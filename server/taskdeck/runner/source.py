"""The task's file as it is at the start of the run, and the copy of it that the run keeps."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taskdeck.runner import files, redaction
from taskdeck.runner.job import Job
from taskdeck.runner.masking import Masker

NOTEBOOK_NAME = "source.ipynb"
SCRIPT_NAME = "source.py"


class UnreadableSource(Exception):
    """The task's file cannot be read; the message is the reason that the run's page shows."""


@dataclass(frozen=True, kw_only=True)
class Source:
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def read(job: Job) -> Source:
    """Raises `UnreadableSource`."""
    path = Path(job.file)
    shown = path.relative_to(job.project_root) if path.is_relative_to(job.project_root) else path
    try:
        return Source(content=path.read_bytes())
    except FileNotFoundError:
        raise UnreadableSource(f"The task's file {shown} does not exist.") from None
    except OSError as error:
        raise UnreadableSource(f"The task's file {shown} cannot be read: {error.strerror}.") from error


def keep(source: Source, job: Job, masker: Masker) -> None:
    """Writes the masked copy into the run's directory. Raises `OSError`."""
    name = NOTEBOOK_NAME if job.kind == "notebook" else SCRIPT_NAME
    files.write_atomically(Path(job.run_directory) / name, _masked(source.content, job.kind, masker))


def _masked(content: bytes, kind: str, masker: Masker) -> bytes:
    notebook: Any = None
    if kind == "notebook":
        try:
            notebook = json.loads(content)
        except (ValueError, RecursionError):
            # Kept as the text it is, to show what is wrong with it.
            notebook = None
    if isinstance(notebook, dict):
        masked = redaction.redact_notebook(notebook, masker)
        return json.dumps(masked, indent=1, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    # Bytes of another encoding survive the way there and back.
    text = content.decode("utf-8", "surrogateescape")
    return masker.text(text).encode("utf-8", "surrogateescape")
