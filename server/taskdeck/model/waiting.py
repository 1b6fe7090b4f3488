"""Why a queued run has not begun, for the person who waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class WaitingKind(StrEnum):
    RUN = "run"
    """Another run of its task goes before it."""
    LIMIT = "limit"
    """As many runs of its task as it allows are running."""
    RETRY = "retry"
    """The pause before its next attempt."""
    RESOURCES = "resources"
    """Its share of the machine is not free."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    kind: WaitingKind
    text: str
    """A sentence."""
    run_id: int | None = None
    """The run of its task that goes before it; of ``run`` only."""
    until: datetime | None = None
    """When it ends by itself; of ``retry`` only."""
