"""The web process's server: gevent's, with WebSockets."""

from __future__ import annotations

import gc
import logging
import signal
import sys
from collections.abc import Callable

import gevent
from flask import Flask
from gevent import monkey
from gevent.event import Event
from gevent.pool import Pool
from gevent.pywsgi import WSGIServer

from taskdeck.execution.service import Service
from taskdeck.settings import Settings
from taskdeck.web import app as web_app
from taskdeck.web import context
from taskdeck.web.websocket import Handler

log = logging.getLogger(__name__)

MAX_REQUESTS = 10_000
SWITCH_SECONDS = 0.0005
"""While a thread reads a large configuration, each call of the store or of a socket waits for its turn afterwards, with
Python's own value for 5 ms: a request makes a hundred of them."""
STOP_SECONDS = 2.0


class CannotListen(OSError):
    """The server cannot listen on the address it was given; the message says why and what to do."""

    def __init__(self, host: str, port: int, error: OSError) -> None:
        super().__init__(
            f"Cannot listen on {host} port {port}: {error.strerror or error}. "
            f"Choose another port with --port (0 takes any that is free), or stop what uses it."
        )


class NotPatched(RuntimeError):
    """Call gevent.monkey.patch_all() before anything else is imported."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def serve(
    service: Service,
    settings: Settings,
    *,
    token: str,
    cookie_secret: bytes,
    ready: Callable[[int], None] = lambda port: None,
) -> None:
    """Serves until SIGTERM or SIGINT. ``ready`` is called with the port once the server listens.

    Raises `CannotListen`, and `NotPatched` when gevent has not patched the standard library.
    """
    if not monkey.is_module_patched("socket"):
        raise NotPatched
    app = web_app.create_app(service, settings, token=token, cookie_secret=cookie_secret)
    server = _listen(app, settings.host, settings.port)
    live = app.extensions[web_app.LIVE]
    sys.setswitchinterval(SWITCH_SECONDS)
    # A plan of hundreds of tasks makes so many objects that Python looks for garbage among all there are, again and
    # again, and nobody is answered meanwhile. What is there by now stays.
    gc.collect()
    gc.freeze()
    live.start()
    puller = context.of(app).puller
    pulling = gevent.spawn(puller.run)
    stop = Event()
    for name in ("SIGTERM", "SIGINT"):
        gevent.signal_handler(getattr(signal, name), stop.set)
    port = server.server_port
    assert port is not None, "it listens"
    log.info("web_started host=%s port=%s", settings.host, port)
    ready(port)
    stop.wait()
    log.info("web_stopping")
    live.stop()
    puller.stop()
    # What it is at is killed with it.
    pulling.kill(timeout=STOP_SECONDS)
    server.stop(timeout=STOP_SECONDS)


def _listen(app: Flask, host: str, port: int) -> WSGIServer:
    # The app's outermost layer, not the app: the handler asks the gate before it opens a WebSocket.
    server = WSGIServer(
        (host, port), app.wsgi_app, handler_class=Handler, spawn=Pool(MAX_REQUESTS), log=None, error_log=log
    )
    try:
        server.start()
    except OSError as error:
        raise CannotListen(host, port, error) from None
    return server
