"""The socket of a real server: what its clients see of runs, whatever happens to their connections.

The test plays the worker: it writes journals and records them as the worker does.
"""

from __future__ import annotations

import contextlib
import gc
import http.client
import itertools
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import engineio
import psutil
import pytest
import requests
import socketio
import websocket
from factories import make_capacity, make_new_run, make_project

from taskdeck import app
from taskdeck.execution import recorder
from taskdeck.model import event
from taskdeck.model.event import Event, Message, Status
from taskdeck.model.run import Run, RunStatus
from taskdeck.runner import wakeup
from taskdeck.settings import Settings
from taskdeck.store import claims, runs
from taskdeck.store.database import Database
from taskdeck.web.live import MAX_MESSAGE_BYTES

# The client library does not close the sockets of connections that were cut.
pytestmark = pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning")

TOKEN = "live-token"
WAIT_SECONDS = 60.0

_numbers = itertools.count()


class Server:
    """``taskdeck web`` in a process of its own."""

    def __init__(self, project: Path) -> None:
        self.settings: Settings = app.settings_of(project)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = self.start()
        self.wait_until_up()

    @property
    def socket_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/socket.io/?EIO=4&transport=websocket"

    def start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "taskdeck", "web", str(self.settings.project), "--port", str(self.port)],
            env={**os.environ, "TASKDECK_TOKEN": TOKEN},
            stderr=subprocess.PIPE,
        )

    def wait_until_up(self) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                self.health()
                return
            time.sleep(0.05)
        self.process.kill()
        pytest.fail(f"the server did not start: {self.process.communicate()[1].decode()}")

    def health(self) -> dict[str, Any]:
        request = urllib.request.Request(f"{self.url}/api/health", headers={"Authorization": f"Bearer {TOKEN}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            health: dict[str, Any] = json.load(answer)
            return health

    def stop(self) -> str:
        self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=20)[1].decode()


class Worker:
    """Records runs into the server's store."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = Database(settings.database_url)

    def new_run(self) -> Run:
        new = make_new_run(f"TASK_{next(_numbers)}", task_name="Sample")  # of one task, only one run is active
        now = datetime.now(UTC)
        with self.database.write() as connection:
            queued = runs.insert_queued(connection, new, now=now)
            claim = claims.claim_next(
                connection, "test", make_capacity(), now=now, lease=timedelta(hours=1), up_to=queued
            )
        assert claim is not None
        (self.settings.runs_directory / str(queued.id)).mkdir(parents=True)
        self.ring(queued.id)
        return claim.run

    def record(self, run: Run, *events: Event) -> Run:
        """Returns the run as it is then."""
        directory = self.settings.runs_directory / str(run.id)
        now = datetime.now(UTC)
        with (directory / recorder.JOURNAL_NAME).open("ab") as journal:
            for seq, each in enumerate(events, start=run.recorded_seq + 1):
                journal.write(event.encode(event.to_wire(each, seq=seq, attempt=run.attempt, at=now)))
        turn = recorder.record(self.database, run, directory)
        while turn.more:
            turn = recorder.record(self.database, turn.run, directory)
        self.ring(run.id)
        return turn.run

    def end(self, run: Run) -> None:
        self.record(run, Status(status=RunStatus.SUCCEEDED))

    def ring(self, run_id: int) -> None:
        wakeup.ring(self.settings.observers_wakeup_directory, run_id)


class InOrder(engineio.Client):
    """The library handles each packet in a thread of its own, in any order; browsers do it one by one."""

    def _trigger_event(self, name: str, *arguments: Any, **how: Any) -> Any:
        return super()._trigger_event(name, *arguments, **{**how, "run_async": False})


class SocketClient(socketio.Client):
    def _engineio_client_class(self) -> type[engineio.Client]:
        return InOrder


class Client:
    """A watcher that comes back by itself when its connection is cut, as the dashboard does.

    With a new client of the library each time: one that is cut while it reconnects stays away for ever.
    """

    def __init__(self, url: str, run: Run | None = None, *, transports: list[str] | None = None) -> None:
        self.seqs: list[int] = []
        self.frames: list[dict[str, Any]] = []
        self.runs: list[dict[str, Any]] = []
        self.catalogs: list[str] = []
        self.linger_seconds = 0.0
        self.has_ended = threading.Event()
        self._url = url
        self._run = run
        self._transports = transports
        self._news = threading.Condition()
        self._is_connected = threading.Event()
        self._is_closed = False
        self._socket: SocketClient
        self._thread = threading.Thread(target=self._stay_connected)
        self._thread.start()
        assert self._is_connected.wait(WAIT_SECONDS)

    def call(self, name: str, *arguments: Any) -> Any:
        return self._socket.call(name, arguments or None, timeout=20)

    def cut(self) -> None:
        """As when a cable is pulled: no farewell."""
        with contextlib.suppress(OSError, AttributeError):
            self._socket.eio.ws.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._is_closed = True
        self._socket.disconnect()
        self._thread.join(WAIT_SECONDS)
        assert not self._thread.is_alive()

    def wait(self, condition: Callable[[], bool]) -> None:
        with self._news:
            assert self._news.wait_for(condition, WAIT_SECONDS), (self.seqs[-3:], self.runs[-3:])

    def _stay_connected(self) -> None:
        while not self._is_closed:
            with requests.Session() as session, contextlib.suppress(socketio.exceptions.ConnectionError):
                self._socket = SocketClient(reconnection=False, handle_sigint=False, http_session=session)
                self._socket.on("connect", self._connected)
                self._socket.on("events", self._events)
                self._socket.on("run", lambda run: self._note(self.runs, run))
                self._socket.on("catalog", lambda frame: self._note(self.catalogs, frame["version"]))
                self._socket.connect(self._url, auth={"token": TOKEN}, transports=self._transports, wait_timeout=3)
                self._is_connected.set()
                self._socket.eio.wait()

    def _connected(self) -> None:
        if self._run:
            self._socket.emit("watch", {"run_id": self._run.id, "after": self.seqs[-1] if self.seqs else 0})

    def _events(self, frame: dict[str, Any]) -> None:
        if self.linger_seconds:
            time.sleep(self.linger_seconds)
        with self._news:
            self.frames.append(frame)
            self.seqs += [each["seq"] for each in frame["events"]]
            self._news.notify_all()
        if frame["ended"]:
            self.has_ended.set()

    def _note(self, seen: list[Any], value: Any) -> None:
        with self._news:
            seen.append(value)
            self._news.notify_all()


@pytest.fixture(autouse=True)
def _left_open_sockets_are_found_here() -> Iterator[None]:
    """And not in somebody else's test."""
    yield
    gc.collect()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_project(tmp_path_factory.mktemp("live") / "project", files={"sample.py": "print(1)"})


@pytest.fixture(scope="module")
def server(project: Path) -> Iterator[Server]:
    running = Server(project)
    yield running
    log = running.stop()
    assert not re.search(r"\w+_failed", log), log


@pytest.fixture
def worker(server: Server) -> Iterator[Worker]:
    made = Worker(server.settings)
    yield made
    made.database.close()


@pytest.fixture
def join(server: Server) -> Iterator[Callable[..., Client]]:
    joined: list[Client] = []

    def join_one(run: Run | None = None, **how: Any) -> Client:
        joined.append(Client(server.url, run, **how))
        return joined[-1]

    yield join_one
    for client in joined:
        client.close()
    joined.clear()


def test_messages_reach_a_browser_one_by_one_as_they_are_said(worker: Worker, join: Callable[..., Client]) -> None:
    run = worker.new_run()
    client = join(run)
    for number in range(20):
        run = worker.record(run, Message(text=f"step {number}"))
        client.wait(lambda number=number: len(client.seqs) == number + 1)  # before the next one is said
    told = [[event["text"] for event in frame["events"]] for frame in client.frames if frame["events"]]
    assert told == [[f"step {number}"] for number in range(20)]


@pytest.mark.parametrize("seed", range(2))
def test_no_cut_connection_costs_or_doubles_an_event(seed: int, worker: Worker, join: Callable[..., Client]) -> None:
    """5,000 events; early and late watchers, whose connections are cut at random moments; one polls; one is slow."""
    chance = random.Random(seed)  # noqa: S311 - chance, not a secret
    run = worker.new_run()
    total = 5000
    clients = [join(run), join(run), join(run, transports=["polling"])]
    slow = join(run)
    slow.linger_seconds = 0.05
    is_over = threading.Event()

    def cut_now_and_then() -> None:
        while not is_over.wait(chance.random() * 0.3):
            chance.choice(clients).cut()

    cutter = threading.Thread(target=cut_now_and_then)
    cutter.start()
    for number in itertools.count():
        size = min(chance.choice([1, 2, 50, 300]), total - run.recorded_seq)
        run = worker.record(run, *(Message(text=f"{number}.{part}") for part in range(size)))
        if run.recorded_seq >= total:
            break
        if number in (5, 15):
            clients.append(join(run))
        time.sleep(chance.random() * 0.05)
    is_over.set()
    cutter.join()
    worker.end(run)
    for client in (*clients, slow):
        assert client.has_ended.wait(WAIT_SECONDS), client.seqs[-3:]
        assert client.seqs == list(range(1, total + 2))
        assert [frame["ended"] for frame in client.frames].count(True) == 1


def test_late_joiner_of_a_run_that_ended_gets_all_of_it(worker: Worker, join: Callable[..., Client]) -> None:
    run = worker.record(worker.new_run(), *(Message(text=str(number)) for number in range(2500)))
    worker.end(run)
    client = join(run)
    assert client.has_ended.wait(WAIT_SECONDS)
    assert client.seqs == list(range(1, 2502))
    assert client.call("watch", {"run_id": run.id, "after": 2500}) == {"ok": True, "last_seq": 2501, "detail": None}


def test_server_that_is_killed_and_started_again_is_where_it_was(
    project: Path, tmp_path: Path, worker: Worker, join: Callable[..., Client], server: Server
) -> None:
    run = worker.record(worker.new_run(), *(Message(text=str(number)) for number in range(100)))
    client = join(run)
    client.wait(lambda: len(client.seqs) == 100)
    server.process.kill()
    server.process.communicate()
    run = worker.record(run, *(Message(text=str(number)) for number in range(100)))
    server.process = server.start()
    server.wait_until_up()
    worker.end(run)
    assert client.has_ended.wait(WAIT_SECONDS)
    assert client.seqs == list(range(1, 202))


def test_who_takes_nothing_costs_the_server_little_and_others_nothing(
    worker: Worker, join: Callable[..., Client], server: Server
) -> None:
    run = worker.new_run()
    fast = join(run)
    deaf = _open_socket(server, {"token": TOKEN})
    deaf.send("42" + json.dumps(["watch", {"run_id": run.id, "after": 0}]))
    before = psutil.Process(server.process.pid).memory_info().rss
    text = "x" * 40_000
    for number in range(12):
        run = worker.record(run, *(Message(text=text) for _ in range(50)))  # 24 MB in all
        if number % 4 == 3:
            fast.wait(lambda last=run.recorded_seq: fast.seqs[-1:] == [last])
    growth = psutil.Process(server.process.pid).memory_info().rss - before
    assert growth < 20e6, f"{growth / 1e6:.0f} MB"
    assert fast.seqs == list(range(1, 601))
    deaf.close()


def test_everybody_is_told_of_each_status_once(worker: Worker, join: Callable[..., Client]) -> None:
    watching, idle = join(), join()
    run = worker.new_run()
    worker.end(worker.record(run, Message(text="hello")))
    for client in (watching, idle):
        client.wait(lambda client=client: any(told["status"] == "succeeded" for told in client.runs))
        statuses = [told["status"] for told in client.runs if told["id"] == run.id]
        assert statuses == ["running", "succeeded"] or statuses == ["succeeded"], statuses
        told = client.runs[-1]
        assert (told["task_name"], told["last_seq"], told["parameters"]) == ("Sample", 2, {})


def test_everybody_is_told_of_a_new_configuration(project: Path, join: Callable[..., Client]) -> None:
    client = join()
    make_project(project, files={"sample.py": "print(1)", "another.py": "print(2)"})
    client.wait(lambda: len(client.catalogs) == 1)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        (None,),
        (7,),
        ("1",),
        ([],),
        ({},),
        ({"run_id": "1"},),
        ({"run_id": True},),
        ({"run_id": 1.5},),
        ({"run_id": 0},),
        ({"run_id": -1},),
        ({"run_id": 2**80},),
        ({"run_id": 1, "after": -1},),
        ({"run_id": 1, "after": None},),
        ({"run_id": 1, "more": 1},),
        ({"run_id": 999_999},),
        ({"run_id": 1}, "and", {"more": "arguments"}),
    ],
    ids=str,
)
def test_hostile_watch_is_refused_with_a_reason(
    worker: Worker, join: Callable[..., Client], arguments: tuple[Any, ...]
) -> None:
    run = worker.new_run()
    client = join()
    reply = client.call("watch", *arguments)
    if len(arguments) < 3:
        assert (reply["ok"], bool(reply["detail"])) == (False, True)
    client.call("unwatch", *arguments)
    assert client.call("watch", {"run_id": run.id})["ok"], "the client goes on"


def test_unwatched_run_is_not_sent_any_more(worker: Worker, join: Callable[..., Client]) -> None:
    first, second = worker.new_run(), worker.new_run()
    client = join()
    for run in (first, second):
        assert client.call("watch", {"run_id": run.id})["ok"]
    assert client.call("unwatch", {"run_id": first.id})["ok"]
    worker.record(first, Message(text="unheard"))
    worker.record(second, Message(text="heard"))
    client.wait(lambda: len(client.seqs) == 1)
    assert [frame["run_id"] for frame in client.frames if frame["events"]] == [second.id]


def test_number_of_watched_runs_is_bounded(worker: Worker, join: Callable[..., Client]) -> None:
    client = join()
    replies = [client.call("watch", {"run_id": worker.new_run().id}) for _ in range(21)]
    assert [reply["ok"] for reply in replies] == [True] * 20 + [False]
    assert "20 runs" in replies[-1]["detail"]


@pytest.mark.parametrize("credentials", [{}, {"token": "wrong"}, {"token": None}, {"token": ["x"]}, "token", [1], 7])
def test_who_has_no_credentials_is_not_connected(server: Server, credentials: Any) -> None:
    client = websocket.create_connection(server.socket_url, timeout=20)
    client.recv()
    client.send("40" + json.dumps(credentials))
    refusal = client.recv()
    assert refusal.startswith("44")
    assert "token" in json.loads(refusal[2:])["message"]
    client.send("42" + json.dumps(["watch", {"run_id": 1}]))
    client.close()


def test_cookie_connects(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", f"/?token={TOKEN}")
    cookie = connection.getresponse().getheader("Set-Cookie", "").partition(";")[0]
    connection.close()
    client = websocket.create_connection(server.socket_url, cookie=cookie, origin=server.url, timeout=20)
    client.recv()
    client.send("40")
    assert client.recv().startswith("40{")
    client.close()


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Host": "evil.example"}])
@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_foreign_pages_and_names_are_not_connected(server: Server, headers: dict[str, str], transport: str) -> None:
    path = f"/socket.io/?EIO=4&transport={transport}"
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "MDEyMzQ1Njc4OTAxMjM0NQ==",
    }
    connection.request("GET", path, headers={**(upgrade if transport == "websocket" else {}), **headers})
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Content-Type")) == (403, "application/problem+json")
    connection.close()


def test_only_the_sockets_path_becomes_a_websocket(server: Server) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException):
        websocket.create_connection(f"ws://127.0.0.1:{server.port}/api/health", timeout=10)


@pytest.mark.parametrize("fragments", [1, 40])
def test_message_that_is_too_long_ends_the_connection(server: Server, fragments: int) -> None:
    """Neither a long frame nor many short ones may fill the memory."""
    client = _open_socket(server, {"token": TOKEN})
    size = MAX_MESSAGE_BYTES + 1 if fragments == 1 else 4000
    with contextlib.suppress(OSError):
        for number in range(fragments):
            opcode = websocket.ABNF.OPCODE_TEXT if number == 0 else websocket.ABNF.OPCODE_CONT
            frame = websocket.ABNF(int(number == fragments - 1), 0, 0, 0, opcode, 1, b"4" * size)
            client.send_frame(frame)
    assert _is_closed(client)
    assert server.health()["status"] == "ok"
    client.close()


def test_nesting_bomb_harms_nobody(server: Server, worker: Worker) -> None:
    client = _open_socket(server, {"token": TOKEN})
    client.send("42" + "[" * 30_000)
    client.send("421" + json.dumps(["watch", {"run_id": worker.new_run().id}]))
    answers = iter(client.recv, "")
    assert next(answer for answer in answers if answer.startswith("431")).startswith('431[{"ok":true')
    client.close()


def test_polling_body_that_is_too_long_is_a_problem(server: Server) -> None:
    request = urllib.request.Request(
        f"{server.url}/socket.io/?EIO=4&transport=polling&sid=x", data=b"4" * (MAX_MESSAGE_BYTES + 1), method="POST"
    )
    with pytest.raises(urllib.error.HTTPError) as failure:
        urllib.request.urlopen(request, timeout=10)
    with failure.value as answer:
        assert (answer.code, json.load(answer)["status"]) == (413, 413)


def test_port_in_use_is_said_in_words(server: Server) -> None:
    second = server.start()
    errors = second.communicate(timeout=30)[1].decode()
    assert second.returncode != 0
    assert f"Cannot listen on 127.0.0.1 port {server.port}" in errors
    assert "--port" in errors
    assert "Traceback" not in errors


def test_server_stops_when_asked_though_clients_are_connected(tmp_path: Path) -> None:
    own = Server(make_project(tmp_path / "project", files={"sample.py": "print(1)"}))
    client = Client(own.url)
    began = time.monotonic()
    errors = own.stop()
    assert own.process.returncode == 0, errors
    assert time.monotonic() - began < 10
    assert "Traceback" not in errors
    client.close()


def _is_closed(client: websocket.WebSocket) -> bool:
    try:
        return client.recv() == ""
    except (OSError, websocket.WebSocketConnectionClosedException):
        return True


def _open_socket(server: Server, credentials: dict[str, str]) -> websocket.WebSocket:
    """A connected client that does nothing by itself."""
    client = websocket.create_connection(server.socket_url, timeout=20)
    assert client.recv().startswith("0")
    client.send("40" + json.dumps(credentials))
    assert client.recv().startswith("40")
    return client
