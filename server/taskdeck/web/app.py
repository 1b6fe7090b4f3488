"""Puts the parts of the web process together."""

from __future__ import annotations

from flask import Flask

from taskdeck.execution.service import Service
from taskdeck.settings import Settings
from taskdeck.web import auth, duft, errors, headers, login, pages, resources, wire
from taskdeck.web.auth import Credentials
from taskdeck.web.context import Context
from taskdeck.web.duft_login import Guests
from taskdeck.web.duft_stream import Listeners
from taskdeck.web.gate import Gate
from taskdeck.web.live import MAX_MESSAGE_BYTES, AsyncMode, Live
from taskdeck.web.origins import Hosts
from taskdeck.web.puller import Puller
from taskdeck.web.updates import Updates

LIVE = "taskdeck.live"
"""Where the app keeps its `Live`, among its extensions."""

_BEFORE_EACH_REQUEST = (
    auth.check_host,
    pages.loose_file,
    auth.exchange_token,
    auth.require_login,
    auth.check_origin,
    pages.dashboard,
)
"""In this order; the first that answers ends the request."""


def create_app(
    service: Service, settings: Settings, *, token: str, cookie_secret: bytes, async_mode: AsyncMode = "gevent"
) -> Flask:
    """The app with its socket. ``app.extensions[LIVE]`` is to be started with the server.

    ``token`` is what a user has to know; ``cookie_secret`` signs the cookies of those who did, and outlives the
    process, so that a restart logs nobody out. Raises `InvalidUser` and `UnusableUsersFile`.
    """
    # The built front end is served by `pages`, not as Flask's static files.
    app = Flask(__name__, static_folder=None)
    app.json = wire.Provider(app)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    hosts = Hosts(bound=settings.host, allowed=settings.allowed_hosts)
    credentials = Credentials(token=token, cookie_secret=cookie_secret)
    has_duft = duft.is_served(settings, service)
    guests = Guests.of(settings, credentials) if has_duft else None
    listeners = Listeners(service)
    live = Live(service, settings, listeners)
    updates = Updates(
        settings,
        catalog=service.catalog,
        active_definitions=lambda: service.active_definitions(),
        announce=live.announcer.wake,
    )
    Context(
        service=service,
        settings=settings,
        credentials=credentials,
        hosts=hosts,
        guests=guests,
        listeners=listeners,
        updates=updates,
        puller=Puller(settings.configuration, updates.apply),
    ).init_app(app)

    headers.init_app(app)
    errors.init_app(app)
    for step in _BEFORE_EACH_REQUEST:
        app.before_request(step)
    login.init_app(app)
    pages.init_app(app)
    for routes in resources.ALL:
        routes.init_app(app)
    if has_duft:
        duft.init_app(app)

    live.init_app(app, async_mode=async_mode)
    app.extensions[LIVE] = live
    app.wsgi_app = Gate(  # type: ignore[method-assign]
        app.wsgi_app,
        hosts=hosts,
        max_message_bytes=MAX_MESSAGE_BYTES,
        count_connections=lambda: live.connection_count,
    )
    return app
