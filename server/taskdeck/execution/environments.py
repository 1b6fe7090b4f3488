"""Brings into the store in which environment an attempt ran, as its runner has noted it in the run's directory."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from taskdeck.model.environment import MAX_BYTES, Environment
from taskdeck.model.event import WireEvent
from taskdeck.model.run import Run
from taskdeck.runner.inventory import FACT, FILE_NAME
from taskdeck.store import attempts, environments
from taskdeck.store.database import Database

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class Noted:
    """What a turn of the recorder has to store; ``content`` is ``None`` where the store has it."""

    sha256: str
    content: bytes | None


def noted(database: Database, run_directory: Path, fresh: Sequence[WireEvent]) -> Noted | None:
    """What these events tell of the environment; ``None``: nothing, or nothing that can be relied on."""
    told = [facts[FACT] for wire in fresh if wire["type"] == "facts" and FACT in (facts := dict(wire["facts"]))]
    sha256 = told[-1] if told else None
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        return None
    with database.read() as connection:
        if environments.is_known(connection, sha256):
            return Noted(sha256=sha256, content=None)
    content = _read(run_directory / FILE_NAME)
    if hashlib.sha256(content).hexdigest() != sha256:
        return None
    try:
        Environment.from_json(content)
    except ValueError:
        return None
    return Noted(sha256=sha256, content=content)


def keep(connection: Any, run: Run, found: Noted) -> None:
    """For the run's present attempt."""
    if found.content is not None:
        environments.add(connection, found.sha256, found.content, now=datetime.now(UTC))
    attempts.set_environment(connection, run, found.sha256)


def _read(path: Path) -> bytes:
    """Empty where there is nothing; a task can write there, too: neither links nor pipes are followed."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return b""
            content = file.read(MAX_BYTES + 1)
    except OSError:
        return b""
    return content if len(content) <= MAX_BYTES else b""
