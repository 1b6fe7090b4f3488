"""Socket.IO: events of watched runs as they happen, and what everybody is told."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from typing import Any, Literal

import flask_socketio
from flask import Flask, request
from flask_socketio import SocketIO
from pydantic import ValidationError

from taskdeck.configuration.versions import NoSuchVersion, Versions
from taskdeck.execution.service import Service, UnknownRun
from taskdeck.model.project import Catalog
from taskdeck.model.run import Run
from taskdeck.model.trace import Stage
from taskdeck.runner.trace import Trace
from taskdeck.runner.wakeup import NEWS, Listener
from taskdeck.settings import Settings
from taskdeck.web import auth, context, duft_stream, runs, wire
from taskdeck.web.announcer import Announcer
from taskdeck.web.duft_stream import Listeners
from taskdeck.web.feed import Frame
from taskdeck.web.feeds import Feeds, TooManyWatchedRuns
from taskdeck.web.schemas.frames import CatalogFrame, ConfigFrame, UnwatchRequest, WatchReply, WatchRequest

log = logging.getLogger(__name__)

MAX_MESSAGE_BYTES = 64 * 1024
"""What clients send is small."""
MAX_UNSENT = 1000
"""Packets waiting for a client, of whatever kind; one that takes none of them any more is disconnected."""
LISTENER_NAME = f"web-{os.getpid()}"

AsyncMode = Literal["gevent", "threading"]


class Live:
    """The live side of one app."""

    def __init__(self, service: Service, settings: Settings, listeners: Listeners) -> None:
        self._service = service
        self._wakeup_path = settings.observers_wakeup_directory / LISTENER_NAME
        self.socketio = SocketIO()
        self._trace = Trace(settings.traces_directory)
        self._listeners = listeners
        self.feeds = Feeds(service, Everybody(Rooms(self.socketio, self._trace), listeners))
        listeners.init_feeds(self.feeds)
        self._versions = Versions.of(settings)
        self.announcer = Announcer(
            service,
            run_changed=self._tell_run,
            catalog_changed=self._tell_catalog,
            config_changed=self._tell_config,
        )
        self._is_stopped = False
        self._app: Flask

    def init_app(self, app: Flask, *, async_mode: AsyncMode) -> None:
        self._app = app
        self.socketio.init_app(
            app,
            async_mode=async_mode,
            # One client's calls are carried out in the order in which it made them.
            async_handlers=False,
            # The gate in front of the socket checks the origin; see `gate`.
            cors_allowed_origins=[],
            json=wire,
            manage_session=False,
            max_http_buffer_size=MAX_MESSAGE_BYTES,
        )
        self.socketio.on_event("connect", self._connect)
        self.socketio.on_event("disconnect", self._disconnect)
        self.socketio.on_event("watch", self._watch)
        self.socketio.on_event("unwatch", self._unwatch)

    def start(self) -> None:
        """Begins to listen for hints and to tell news."""
        self.socketio.start_background_task(self._listen)
        self.socketio.start_background_task(self.announcer.run)

    def stop(self) -> None:
        self._is_stopped = True
        self.announcer.stop()
        self._listeners.stop()

    def _listen(self) -> None:
        listener = Listener(self._wakeup_path)
        try:
            while not self._is_stopped:
                rung = listener.wait(1.0)
                for run_id in rung:
                    self.announcer.wake(run_id)
                    self._trace.mark(run_id, Stage.WEB_WOKEN)
                    self.feeds.wake(None if run_id == NEWS else run_id)
        finally:
            listener.close()

    def _connect(self, credentials: Any = None) -> None:
        token = credentials.get("token") if isinstance(credentials, Mapping) else None
        if isinstance(token, str):
            try:
                context.current().credentials.check_token(token, auth.address())
            except (auth.WrongToken, auth.TooManyAttempts) as error:
                raise flask_socketio.ConnectionRefusedError(str(error)) from None
        elif not auth.is_logged_in():
            raise flask_socketio.ConnectionRefusedError(str(auth.LoginRequired()))

    def _disconnect(self, *_reason: Any) -> None:
        self.feeds.forget(_client())

    def _watch(self, *arguments: Any) -> dict[str, Any]:
        try:
            wanted = WatchRequest.model_validate(arguments[0] if arguments else None)
            self._trace.mark(wanted.run_id, Stage.WATCHED)
            last_seq = self.feeds.watch(_client(), wanted.run_id, wanted.after, wanted.tail)
            if not self.socketio.server.manager.is_connected(_client(), "/"):
                # It went while its request was read; nobody will say so once more.
                self.feeds.forget(_client())
        except ValidationError:
            return _refusal("watch takes {run_id, after}: a run's number, and the seq of the last event received.")
        except (UnknownRun, TooManyWatchedRuns) as error:
            return _refusal(str(error))
        return WatchReply(ok=True, last_seq=last_seq, detail=None).model_dump()

    def _unwatch(self, *arguments: Any) -> dict[str, Any]:
        try:
            wanted = UnwatchRequest.model_validate(arguments[0] if arguments else None)
        except ValidationError:
            return _refusal("unwatch takes {run_id}: a run's number.")
        self.feeds.unwatch(_client(), wanted.run_id)
        return WatchReply(ok=True, last_seq=None, detail=None).model_dump()

    def _tell_run(self, run: Run) -> None:
        with self._app.app_context():
            self._tell("run", runs.shown(run).model_dump(mode="json"))
        self._listeners.run_changed(run)

    def _tell_catalog(self, version: str) -> None:
        self._tell("catalog", CatalogFrame(version=version).model_dump())

    def _tell_config(self, catalog: Catalog) -> None:
        try:
            version = None if catalog.config_version is None else self._versions.get(catalog.config_version)
        except NoSuchVersion:
            return  # Removed by hand; what is served now, the next look tells.
        self._tell("config", ConfigFrame.from_model(version, catalog.version).model_dump(mode="json"))

    def _tell(self, name: str, data: dict[str, Any]) -> None:
        self.socketio.emit(name, data)
        for socket in list(self.socketio.server.eio.sockets.values()):
            if socket.queue.qsize() > MAX_UNSENT:
                log.warning("client_disconnected reason=takes_nothing")
                # Without waiting for what it does not take, and without a farewell it would not take either.
                socket.close(wait=False, abort=True)

    @property
    def connection_count(self) -> int:
        return len(self.socketio.server.eio.sockets)


class Rooms:
    """`feed.Outlet` by Socket.IO."""

    def __init__(self, socketio: SocketIO, trace: Trace) -> None:
        self._socketio = socketio
        self._trace = trace

    def send_to_room(self, run_id: int, frame: Frame) -> None:
        self._socketio.emit("events", frame, to=_room(run_id))
        self._trace.mark(run_id, Stage.EMITTED, seq=frame["last_seq"])

    def send_to_client(self, client: str, frame: Frame, acknowledged: Callable[[], None]) -> None:
        self._socketio.emit("events", frame, to=client, callback=lambda *_: acknowledged())
        self._trace.mark(frame["run_id"], Stage.EMITTED, seq=frame["last_seq"])

    def enter_room(self, client: str, run_id: int) -> None:
        self._socketio.server.enter_room(client, _room(run_id))

    def leave_room(self, client: str, run_id: int) -> None:
        self._socketio.server.leave_room(client, _room(run_id))

    def backlog(self, client: str) -> int:
        server = self._socketio.server
        socket = server.eio.sockets.get(server.manager.eio_sid_from_sid(client, "/"))
        return socket.queue.qsize() if socket else 0

    def spawn(self, work: Callable[..., None], *arguments: Any) -> None:
        self._socketio.start_background_task(work, *arguments)


class Everybody:
    """`feed.Outlet` for sockets and for those who listen to DUFT's stream."""

    def __init__(self, rooms: Rooms, listeners: Listeners) -> None:
        self._rooms = rooms
        self._listeners = listeners

    def send_to_room(self, run_id: int, frame: Frame) -> None:
        self._rooms.send_to_room(run_id, frame)
        self._listeners.send_to_room(run_id, frame)

    def send_to_client(self, client: str, frame: Frame, acknowledged: Callable[[], None]) -> None:
        self._of(client).send_to_client(client, frame, acknowledged)

    def enter_room(self, client: str, run_id: int) -> None:
        self._of(client).enter_room(client, run_id)

    def leave_room(self, client: str, run_id: int) -> None:
        self._of(client).leave_room(client, run_id)

    def backlog(self, client: str) -> int:
        return self._of(client).backlog(client)

    def spawn(self, work: Callable[..., None], *arguments: Any) -> None:
        self._rooms.spawn(work, *arguments)

    def _of(self, client: str) -> Rooms | Listeners:
        return self._listeners if duft_stream.is_listener(client) else self._rooms


def _room(run_id: int) -> str:
    return f"run:{run_id}"


def _client() -> str:
    client: str = request.sid  # type: ignore[attr-defined]
    return client


def _refusal(detail: str) -> dict[str, Any]:
    return WatchReply(ok=False, last_seq=None, detail=detail).model_dump()
