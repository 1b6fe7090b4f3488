"""Changes of the configuration that this process asks for: one at a time, each made by a process of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import IO, Any

from taskdeck.configuration import active_runs, child
from taskdeck.configuration.active_runs import ActiveRuns
from taskdeck.configuration.failure import Kind, UpdateFailed
from taskdeck.configuration.lock import Busy
from taskdeck.configuration.request import Request, Result
from taskdeck.model.project import Catalog
from taskdeck.model.run import RunStatus
from taskdeck.settings import Settings
from taskdeck.store.database import StoreUnavailable

log = logging.getLogger(__name__)

SERVED_WITHIN_SECONDS = 10.0
_LOOK_SECONDS = 0.005


class Updates:
    """``catalog`` is the one that is served; ``announce`` is called once it is the new one.

    ``active_definitions`` tells of the runs that have not ended; it raises `StoreUnavailable`.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        catalog: Callable[[], Catalog],
        active_definitions: Callable[[], list[tuple[int, str, RunStatus, dict[str, Any]]]],
        announce: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._active_definitions = active_definitions
        self._catalog = catalog
        self._announce = announce
        self._turn = threading.Lock()

    def apply(self, request: Request, archive: IO[bytes] | None = None) -> Result:
        """What `update.apply` does; when it returns, requests of this process meet the new configuration.

        Raises `UpdateFailed`.
        """
        # Whoever comes second is told so without a process that would find out the same.
        if not self._turn.acquire(blocking=False):
            raise UpdateFailed(Kind.BUSY, str(Busy()))
        try:
            result = child.apply(self._settings, request, archive, self._active_runs())
        finally:
            self._turn.release()
        if result.version is not None and not request.dry_run:
            self._wait_until_served(result.version.number)
        return result

    def _active_runs(self) -> ActiveRuns | None:
        try:
            return active_runs.of(self._active_definitions())
        except StoreUnavailable:
            return None

    def _wait_until_served(self, number: int) -> None:
        """The catalog follows by itself, in a thread that reads it without holding up anybody."""
        deadline = time.monotonic() + SERVED_WITHIN_SECONDS
        while (self._catalog().config_version or 0) < number:
            if time.monotonic() > deadline:
                log.warning("config_version_not_served version=%s", number)
                return
            time.sleep(_LOOK_SECONDS)
        self._announce()
