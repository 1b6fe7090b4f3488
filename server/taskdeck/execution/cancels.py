"""Carries the wish to cancel from the store to the runners, and gives up on those that do not listen."""

from __future__ import annotations

import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from taskdeck.execution.runner_process import RunnerProcess
from taskdeck.runner import control
from taskdeck.store.runs import CancelRequest

log = logging.getLogger(__name__)

CONTROL_TIMEOUT_SECONDS = 2.0
# A runner that was asked to cancel kills its task by itself; past this it is taken to hang.
GRACE_SECONDS = 10.0


@dataclass(kw_only=True)
class Delivery:
    """The way of one request; ``delivered`` when the runner has said that it heard, or was killed for not hearing."""

    begun_at: float = field(default_factory=time.monotonic)
    delivered: bool = False
    call: Future[bool] | None = None


class Cancels:
    """Asks runners from threads of its own: one that hangs must not hold up the others."""

    def __init__(self, default_timeout_seconds: float) -> None:
        self._default_timeout_seconds = default_timeout_seconds
        self._calls = ThreadPoolExecutor(max_workers=4, thread_name_prefix="cancel")
        self._deliveries: dict[int, Delivery] = {}

    def pursue(self, request: CancelRequest, process: RunnerProcess, run_directory: Path) -> None:
        """One step for one request; to be called again and again until its run has ended."""
        delivery = self._deliveries.setdefault(request.run_id, Delivery())
        if delivery.call is not None and delivery.call.done():
            delivery.delivered = delivery.delivered or delivery.call.result()
            delivery.call = None
        if not delivery.delivered and delivery.call is None:
            delivery.call = self._calls.submit(
                control.request_cancel, run_directory, request.by, CONTROL_TIMEOUT_SECONDS
            )
        timeout = request.cancel_timeout_seconds
        patience = self._default_timeout_seconds if timeout is None else timeout
        if time.monotonic() - delivery.begun_at > patience + GRACE_SECONDS:
            log.warning("runner_hangs", extra={"run": request.run_id})
            delivery.delivered = True
            process.kill()

    def was_delivered(self, run_id: int) -> bool:
        return run_id in self._deliveries and self._deliveries[run_id].delivered

    def forget(self, run_id: int) -> None:
        self._deliveries.pop(run_id, None)

    def close(self) -> None:
        self._calls.shutdown(wait=False)
