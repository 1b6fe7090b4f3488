"""A configuration file as a whole, in place of the one that its author wrote."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path


def replace(file: Path, content: bytes) -> None:
    """In one step: whoever reads the file sees it before or after. What a link leads to is written, not the link.

    Raises `OSError`, and then leaves no rest.
    """
    target = file.resolve()
    unfinished: str | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, unfinished = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(descriptor, "wb") as draft:
            draft.write(content)
            draft.flush()
            os.fsync(draft.fileno())
        if target.exists():
            shutil.copymode(target, unfinished)
        else:
            Path(unfinished).chmod(0o644)
        Path(unfinished).replace(target)
    except OSError:
        if unfinished is not None:
            Path(unfinished).unlink(missing_ok=True)
        raise
