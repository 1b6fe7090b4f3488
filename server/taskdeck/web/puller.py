"""Pulls the configuration by itself: at each interval, and when a webhook says that there is something new."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from taskdeck.configuration.failure import Kind, UpdateFailed
from taskdeck.configuration.request import Action, Outcome, Request, Result
from taskdeck.model.config_version import ConfigTrigger
from taskdeck.settings import ConfigurationRules

log = logging.getLogger(__name__)

BUSY_SECONDS = 5.0
"""Another update in progress is waited for."""
RETRY_SECONDS = (10.0, 30.0, 90.0)
"""A webhook is sent once: what cannot be fetched then is tried again after these times."""


@dataclass(frozen=True, kw_only=True)
class Pull:
    """How a pull ended."""

    at: datetime
    trigger: ConfigTrigger
    by: str
    outcome: Outcome | None = None
    """``None``: it failed."""
    version: int | None = None
    kind: str = ""
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    trigger: ConfigTrigger
    by: str
    tries: int = 0
    """How often it could not be fetched."""


class Puller:
    """One pull at a time; what is asked for meanwhile is one pull more."""

    def __init__(self, rules: ConfigurationRules, apply: Callable[[Request], Result]) -> None:
        self._rules = rules
        self._apply = apply
        self._news = threading.Event()
        self._asked: _Wanted | None = None
        self._is_stopped = False
        self.last: Pull | None = None
        self._failure = ("", "")

    def ask(self, by: str, /) -> None:
        """There is something new."""
        self._asked = _Wanted(trigger=ConfigTrigger.WEBHOOK, by=by)
        self._news.set()

    def stop(self) -> None:
        self._is_stopped = True
        self._news.set()

    def run(self) -> None:
        """Until `stop`; the first poll is at once."""
        interval = float(self._rules.poll_seconds) or None
        if interval and not self._rules.repository:
            log.warning("config_not_polled reason=TASKDECK_CONFIG_REPOSITORY names no repository")
            interval = None
        poll = _Wanted(trigger=ConfigTrigger.POLL, by="")
        wanted, pause = (poll if interval else None), 0.0
        while not self._is_stopped:
            if wanted is not None:
                wanted, pause = self._pull(wanted)
            # Until there is news, unless something is to be tried again before or polled.
            self._news.wait(pause if wanted is not None else interval)
            self._news.clear()
            asked, self._asked = self._asked, None
            wanted = asked or wanted or poll

    def _pull(self, wanted: _Wanted) -> tuple[_Wanted | None, float]:
        """What is to be tried again, and after how many seconds."""
        rules = self._rules
        request = Request(
            action=Action.UPDATE,
            trigger=wanted.trigger,
            by=wanted.by,
            repository=rules.repository,
            ref=rules.pulled_ref,
            directory=rules.directory,
        )
        try:
            result = self._apply(request)
        except UpdateFailed as failure:
            if failure.kind is Kind.BUSY:
                return wanted, BUSY_SECONDS
            self._failed(wanted, failure.kind, failure.message)
            if failure.kind is Kind.FETCH_FAILED and wanted.tries < len(RETRY_SECONDS) and not rules.poll_seconds:
                again = _Wanted(trigger=wanted.trigger, by=wanted.by, tries=wanted.tries + 1)
                return again, RETRY_SECONDS[wanted.tries]
        except Exception as error:
            # Whatever happens once must not end the pulling.
            self._failed(wanted, "unexpected", f"An unexpected error: {type(error).__name__}.")
            log.exception("config_pull_failed")
        else:
            self._succeeded(wanted, result)
        return None, 0.0

    def _failed(self, wanted: _Wanted, kind: str, detail: str) -> None:
        self.last = Pull(at=datetime.now(UTC), trigger=wanted.trigger, by=wanted.by, kind=kind, detail=detail)
        # A poll fails in the same way until somebody has mended something: that is said once.
        if self._failure != (kind, detail):
            log.warning("config_pull_failed trigger=%s kind=%s reason=%s", wanted.trigger, kind, detail)
        self._failure = (kind, detail)

    def _succeeded(self, wanted: _Wanted, result: Result) -> None:
        number = result.version.number if result.version else None
        now = datetime.now(UTC)
        self.last = Pull(at=now, trigger=wanted.trigger, by=wanted.by, outcome=result.outcome, version=number)
        if self._failure != ("", "") or result.outcome is Outcome.MADE:
            log.info("config_pulled trigger=%s outcome=%s version=%s", wanted.trigger, result.outcome, number)
        self._failure = ("", "")
