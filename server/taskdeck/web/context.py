"""What the views of one app work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask, current_app

if TYPE_CHECKING:
    from taskdeck.execution.service import Service
    from taskdeck.settings import Settings
    from taskdeck.web.auth import Credentials, Guests
    from taskdeck.web.duft_stream import Listeners
    from taskdeck.web.origins import Hosts
    from taskdeck.web.puller import Puller
    from taskdeck.web.updates import Updates

_KEY = "taskdeck"


@dataclass(frozen=True, kw_only=True)
class Context:
    service: Service
    settings: Settings
    credentials: Credentials
    hosts: Hosts
    listeners: Listeners
    """Those of DUFT's stream of events."""
    updates: Updates
    puller: Puller
    guests: Guests | None = None
    """Those who log in through DUFT's interface, where it is served."""

    def init_app(self, app: Flask) -> None:
        app.extensions[_KEY] = self


def of(app: Flask) -> Context:
    context: Context = app.extensions[_KEY]
    return context


def current() -> Context:
    return of(current_app)


def service() -> Service:
    return current().service
