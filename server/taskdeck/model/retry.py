"""What a task says about attempts after the first one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class RerunPolicy(StrEnum):
    """What becomes of a run whose runner is gone without an outcome."""

    NEVER = "never"
    RERUN = "rerun"
    """Its author says that it does no harm when the task begins again, wherever it was cut off."""


@dataclass(frozen=True, kw_only=True)
class Retries:
    """``count``: attempts after the first one. The pause before each is ``backoff`` times the one before."""

    count: int = 0
    delay_seconds: float = 10.0
    backoff: float = 2.0
    max_delay_seconds: float = 3600.0

    def pause_seconds(self, attempt: int) -> float:
        """How long to wait after this attempt, which counts from 1."""
        try:
            pause = self.delay_seconds * self.backoff ** (attempt - 1)
        except OverflowError:
            return self.max_delay_seconds
        return min(pause, self.max_delay_seconds)
