"""DUFT's stream of events on a service in memory: who listens gets everything once, wherever it begins."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from taskdeck.model.event import Status
from taskdeck.model.run import RunStatus
from taskdeck.store.database import StoreUnavailable
from taskdeck.web import context
from taskdeck.web.app import LIVE, create_app
from taskdeck.web.duft_stream import Listeners

TOKEN = "the token"
COOKIE_SECRET = b"k" * 32
WAIT_SECONDS = 30.0


class Heard:
    """One connection, read on a thread."""

    def __init__(self, listeners: Listeners, last_event_id: str = "") -> None:
        self.messages: list[dict[str, object]] = []
        self.last_event_id = last_event_id
        self._news = threading.Condition()
        self._chunks = listeners.listen(last_event_id)
        self._is_left = False
        self._take(next(self._chunks))
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with contextlib.suppress(StoreUnavailable):
            for chunk in self._chunks:
                if self._is_left:
                    break
                self._take(chunk)
        self._chunks.close()

    def _take(self, chunk: bytes) -> None:
        with self._news:
            for block in chunk.decode().split("\n\n")[:-1]:
                fields = dict(line.split(": ", 1) for line in block.split("\n"))
                self.last_event_id = fields.get("id", self.last_event_id)
                if "data" in fields:
                    self.messages.append(json.loads(fields["data"]))
            self._news.notify_all()

    def wait(self, count: int) -> list[str]:
        with self._news:
            assert self._news.wait_for(lambda: len(self.messages) >= count, WAIT_SECONDS), self.messages
            return [str(each["message"]) for each in self.messages]

    def leave(self) -> str:
        self._is_left = True
        return self.left()

    def left(self) -> str:
        """Where it stood when its connection ended."""
        self._thread.join(WAIT_SECONDS)
        assert not self._thread.is_alive()
        return self.last_event_id


@pytest.fixture
def live(app):
    return app.extensions[LIVE]


@pytest.fixture
def listeners(app) -> Iterator[Listeners]:
    made = context.of(app).listeners
    made._heartbeat_seconds = 0.05
    yield made
    made.stop()


@pytest.fixture
def run(service, live):
    """A run that is told of as it happens."""

    class Driven:
        id = service.add_run(status=RunStatus.QUEUED, task_name="Sample").id

        def begin(self):
            service.change(self.id, status=RunStatus.RUNNING)
            live._listeners.run_changed(service.run(self.id))

        def say(self, *texts):
            service.say(self.id, *texts)
            live.feeds.wake(self.id)

        def end(self, status=RunStatus.SUCCEEDED, reason=""):
            service.end(self.id, status, reason)
            live.feeds.wake(self.id)

    return Driven()


def test_a_run_is_read_once_however_many_listen(listeners, service, live, run, monkeypatch):
    pages = []
    read = service.events

    def counted(run_id, after, limit):
        page = read(run_id, after, limit)
        pages.append([each["seq"] for each in page.events])
        return page

    monkeypatch.setattr(service, "events", counted)
    heard = [Heard(listeners) for _ in range(5)]
    run.begin()
    deadline = time.monotonic() + WAIT_SECONDS
    while len(listeners._rooms.get(run.id, ())) < 5:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    run.say("a")

    for each in heard:
        assert each.wait(2) == ["Sample started.", "a"]
    assert [page for page in pages if page] == [[1]]


def test_who_has_left_is_forgotten(listeners, live, run):
    heard = Heard(listeners)
    run.begin()
    heard.wait(1)
    heard.leave()

    assert live.feeds._feeds == {}
    assert listeners._listeners == {}


def test_who_goes_before_the_first_word_leaves_nothing_behind(listeners):
    listeners.listen().close()

    assert listeners._listeners == {}


def test_an_attempt_that_fails_is_not_the_end(listeners, service, run):
    heard = Heard(listeners)
    run.begin()
    service.append(run.id, [Status(status=RunStatus.FAILED, reason="Out of luck.")])
    service.append(run.id, [Status(status=RunStatus.QUEUED, reason="Attempt 2 follows.")])
    run.say("again")
    heard.wait(4)
    run.end()

    assert heard.wait(5) == ["Sample started.", "Out of luck.", "Attempt 2 follows.", "again", "Sample completed."]
    assert [each["isRunning"] for each in heard.messages] == [True, True, True, True, False]


def test_a_run_that_was_over_before_anybody_looked_is_told_whole(listeners, service, live, run):
    heard = Heard(listeners)
    service.say(run.id, "quick")
    service.end(run.id)
    live._listeners.run_changed(service.run(run.id))

    assert heard.wait(3) == ["Sample started.", "quick", "Sample completed."]
    live._listeners.run_changed(service.run(run.id))
    second = service.add_run(status=RunStatus.RUNNING, task_name="Next")
    live._listeners.run_changed(second)
    assert heard.wait(4)[3:] == ["Next started."]


def test_runs_from_before_are_no_news(listeners, service, live, run):
    service.end(run.id)
    heard = Heard(listeners)
    live._listeners.run_changed(service.run(run.id))
    second = service.add_run(status=RunStatus.RUNNING, task_name="Next")
    live._listeners.run_changed(second)

    assert heard.wait(1) == ["Next started."]


def test_another_process_goes_on_where_this_one_was(listeners, service, settings, run):
    """Nothing about a listener is kept in the server: after a restart its last id is all that there is."""
    heard = Heard(listeners)
    run.begin()
    run.say("a", "b")
    heard.wait(3)
    last_event_id = heard.leave()
    service.say(run.id, "c")
    service.end(run.id)
    missed = service.add_run(status=RunStatus.RUNNING, task_name="Next")
    service.end(missed.id, RunStatus.FAILED, "Broken.")

    app = create_app(service, settings, token=TOKEN, cookie_secret=COOKIE_SECRET, async_mode="threading")
    others = context.of(app).listeners
    others._heartbeat_seconds = 0.05
    back = Heard(others, last_event_id)
    texts = back.wait(4)
    back.leave()

    assert sorted(texts) == ["Broken.", "Next started.", "Sample completed.", "c"]
    assert Heard(others, back.last_event_id).leave() == back.last_event_id


def test_who_comes_back_hears_of_every_run_that_was_overtaken_or_began_and_ended_meanwhile(
    listeners, service, live, monkeypatch
):
    monkeypatch.setattr("taskdeck.web.duft_departures.MAX_KEPT", 10)
    waiting = [service.add_run(status=RunStatus.QUEUED, task_name=f"Late {number}") for number in range(30)]
    overtaking = service.add_run(status=RunStatus.QUEUED, task_name="First")
    heard = Heard(listeners)
    service.change(overtaking.id, status=RunStatus.RUNNING)
    live._listeners.run_changed(service.run(overtaking.id))
    heard.wait(1)
    last_event_id = heard.leave()
    # More than a listener is told of at a time, and they begin in another order than that of their numbers.
    service.end(overtaking.id)
    news = [service.add_run(status=RunStatus.QUEUED, task_name=f"New {number}") for number in range(120)]
    expected = [*reversed(news), *reversed(waiting)]
    for run in expected:
        service.say(run.id, f"{run.task_name} says")
        service.end(run.id)

    texts = Heard(listeners, last_event_id).wait(1 + 3 * 150)

    assert [text for text in texts if text.endswith(" started.")] == [f"{run.task_name} started." for run in expected]
    whole = [f"{run.task_name} {what}" for run in expected for what in ("started.", "says", "completed.")]
    assert sorted(texts) == sorted(["First completed.", *whole])


def test_who_comes_late_hears_of_the_next_attempt_of_a_run_that_waits_for_it(listeners, service, live, run):
    run.begin()
    service.change(run.id, status=RunStatus.QUEUED, attempt=1)
    heard = Heard(listeners)
    run.say("again")

    assert heard.wait(2) == ["Sample started.", "again"]


def test_a_store_that_is_away_for_a_moment_costs_a_listener_its_connection_and_nothing_else(
    listeners, service, live, run, monkeypatch
):
    heard = Heard(listeners)
    read = service.departed_after

    def broken(departure, limit):
        monkeypatch.setattr(service, "departed_after", read)
        raise StoreUnavailable("away")

    monkeypatch.setattr(service, "departed_after", broken)
    run.begin()
    run.say("a")
    last_event_id = heard.left()

    assert Heard(listeners, last_event_id).wait(2) == ["Sample started.", "a"]


def test_who_comes_late_to_a_long_run_is_told_that_something_was_left_out(listeners, service, run, monkeypatch):
    monkeypatch.setattr("taskdeck.web.duft_stream.MAX_REPLAYED", 2)
    run.begin()
    run.say("a", "b", "c", "d")

    assert Heard(listeners).wait(4) == [
        "Sample started.",
        f"2 events before this are in the log of run {run.id}.",
        "c",
        "d",
    ]


@pytest.mark.parametrize("nonsense", ["x", "99999,5.5", "0,77.5", "1;5.5"])
def test_an_id_that_is_not_of_this_store_is_no_reason_to_miss_anything(listeners, run, nonsense):
    heard = Heard(listeners, nonsense)
    run.begin()
    run.say("a")
    run.end()

    assert heard.wait(3) == ["Sample started.", "a", "Sample completed."]


def test_more_than_the_server_takes_are_refused(listeners, monkeypatch, app, settings, service):
    monkeypatch.setattr("taskdeck.web.duft_stream.MAX_LISTENERS", 1)
    duft = create_app(
        service, replace(settings, duft="on"), token=TOKEN, cookie_secret=COOKIE_SECRET, async_mode="threading"
    )
    first = context.of(duft).listeners.listen()
    next(first)
    answer = duft.test_client().get("/sse/dte/", headers={"Authorization": f"Bearer {TOKEN}"})
    first.close()

    assert answer.status_code == 503


def test_a_native_project_does_not_serve_it_unless_told_to(app, service, settings):
    authorized = {"Authorization": f"Bearer {TOKEN}"}
    duft = create_app(
        service, replace(settings, duft="on"), token=TOKEN, cookie_secret=COOKIE_SECRET, async_mode="threading"
    )

    for path in ("/api/v2/log", "/api/v2/dte-status/"):
        assert app.test_client().get(path, headers=authorized).status_code == 404
        assert duft.test_client().get(path, headers=authorized).status_code == 200
