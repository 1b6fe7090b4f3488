"""How many runs of one task there may be at a time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ConcurrencyPolicy(StrEnum):
    QUEUE = "queue"
    """One after the other; those that come meanwhile wait."""
    REJECT = "reject"
    """One, and none that waits: another is refused."""
    ALLOW = "allow"
    """Side by side, up to a limit if there is one."""


@dataclass(frozen=True, kw_only=True)
class Concurrency:
    policy: ConcurrencyPolicy = ConcurrencyPolicy.QUEUE
    limit: int | None = None
    """Of runs side by side; only of ``allow``. ``None``: as many as there is room for."""
