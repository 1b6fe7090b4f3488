"""The wish to end a run early, whoever has it and why, and how it is carried through: interrupt, TERM, KILL."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from taskdeck.model.run import Outcome, RunStatus
from taskdeck.runner import processes


@dataclass(frozen=True, kw_only=True)
class Ending:
    """Why a run is ended early."""

    outcome: Outcome
    """What becomes of the run, whatever its task makes of being interrupted."""
    announcement: str
    """The beginning of the first message about it."""


class Cancellation:
    """Requested at most once: the first reason counts."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._too_late = False
        self.ending: Ending | None = None

    @property
    def requested(self) -> bool:
        return self._event.is_set()

    def request(self, by: str) -> bool:
        """Somebody cancels the run. ``False``: the task has ended already, by itself."""
        outcome = Outcome(status=RunStatus.CANCELLED, reason=f"Cancelled by {by}.")
        return self.end(Ending(outcome=outcome, announcement=f"Cancel requested by {by}"))

    def end(self, ending: Ending) -> bool:
        """``False``: the task has ended already, by itself."""
        if self._too_late:
            return False
        if not self.requested:
            self.ending = ending
            self._event.set()
        return True

    def refuse_from_now_on(self) -> None:
        self._too_late = not self.requested

    async def wait(self) -> Ending:
        await self._event.wait()
        assert self.ending is not None, "set before the event"
        return self.ending


async def carry_out(
    cancellation: Cancellation,
    *,
    interrupt: Callable[[], Awaitable[None]],
    timeout_seconds: float,
    say: Callable[[str], object],
) -> None:
    """Waits for the request, then raises the pressure until whoever called cancels this, the task being gone.

    The task has half of the time-out to clean up after the interrupt, and the other half after TERM. (A kernel whose
    cell has ended is asked to shut down in between, by who drives it.)
    """
    ending = await cancellation.wait()
    say(f"{ending.announcement}: interrupting")
    await interrupt()
    if timeout_seconds > 0:
        await asyncio.sleep(timeout_seconds / 2)
        say("Still running: asking it to end (TERM)")
        processes.signal_all(processes.descendants(), processes.TERM)
        await asyncio.sleep(timeout_seconds / 2)
    say("Killed")
    # Again and again: the task may have been about to start its processes.
    while True:
        await processes.kill_descendants()
        await asyncio.sleep(0.05)
