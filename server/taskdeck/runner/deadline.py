"""The time-out of an attempt. The runner keeps it by itself: it holds although no worker is there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from taskdeck.model.run import Outcome, RunStatus
from taskdeck.model.wording import duration
from taskdeck.runner.cancellation import Cancellation, Ending

WARNING_SHARE = 0.1
LONGEST_WARNING_SECONDS = 300.0


def warning_seconds(timeout_seconds: float, wanted: float | None) -> float:
    """How long before its time-out a run is warned."""
    return min(timeout_seconds * WARNING_SHARE, LONGEST_WARNING_SECONDS) if wanted is None else wanted


async def keep(
    cancellation: Cancellation,
    *,
    timeout_seconds: float,
    warning_seconds: float,
    say: Callable[[str], object],
) -> None:
    """Warns of the time-out, then ends the run; until whoever called cancels this.

    The clock is the monotonic one: nobody sets it, and it stands still while the machine sleeps.
    """
    limit = duration(timeout_seconds)
    await asyncio.sleep(timeout_seconds - warning_seconds)
    if warning_seconds > 0:
        say(f"The run has {duration(warning_seconds)} left: its time-out is {limit}.")
        await asyncio.sleep(warning_seconds)
    outcome = Outcome(status=RunStatus.TIMED_OUT, reason=f"The run took longer than its time-out of {limit}.")
    cancellation.end(Ending(outcome=outcome, announcement=f"The time-out of {limit} is over"))
