"""Watching a run: every client gets every event once and in order, whatever it and the run do."""

from __future__ import annotations

import random
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_service import FakeService

from taskdeck.execution.service import UnknownRun
from taskdeck.model.event import CellStarted, NotebookStarted, Stream
from taskdeck.model.run import RunStatus
from taskdeck.web import feed, feeds
from taskdeck.web.feeds import Feeds, TooManyWatchedRuns

WAIT_SECONDS = 20.0


class Clients:
    """The clients and the way to them: an outlet that notes what arrives, by client.

    A client that is `slow` acknowledges only what it is told to `take`.
    """

    def __init__(self) -> None:
        self.rooms: dict[int, set[str]] = defaultdict(set)
        self.frames: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.slow: dict[str, list[Callable[[], None]]] = {}
        self.backlogs: dict[str, int] = defaultdict(int)
        self.threads: list[threading.Thread] = []
        self._arrived = threading.Condition()

    def send_to_room(self, run_id: int, frame: dict[str, Any]) -> None:
        for client in sorted(self.rooms[run_id]):
            self._deliver(client, frame)

    def send_to_client(self, client: str, frame: dict[str, Any], acknowledged: Callable[[], None]) -> None:
        if client in self.slow:
            self.slow[client].append(acknowledged)
        else:
            acknowledged()
        self._deliver(client, frame)

    def enter_room(self, client: str, run_id: int) -> None:
        self.rooms[run_id].add(client)

    def leave_room(self, client: str, run_id: int) -> None:
        self.rooms[run_id].discard(client)

    def backlog(self, client: str) -> int:
        return self.backlogs[client]

    def spawn(self, work: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self.threads.append(thread)
        thread.start()

    def _deliver(self, client: str, frame: dict[str, Any]) -> None:
        with self._arrived:
            self.frames[client].append(frame)
            self._arrived.notify_all()

    def wait(self, condition: Callable[[], bool]) -> None:
        with self._arrived:
            assert self._arrived.wait_for(condition, WAIT_SECONDS), {
                client: self.seqs(client)[-3:] for client in self.frames
            }

    def seqs(self, client: str) -> list[int]:
        return [event["seq"] for frame in list(self.frames[client]) for event in frame["events"]]

    def last_seq(self, client: str) -> int:
        seqs = self.seqs(client)
        return seqs[-1] if seqs else 0

    def has_ended(self, client: str) -> bool:
        return any(frame["ended"] for frame in list(self.frames[client]))


@pytest.fixture
def service(tmp_path: Path) -> FakeService:
    return FakeService(root=tmp_path)


@pytest.fixture
def clients() -> Iterator[Clients]:
    made = Clients()
    yield made
    for thread in made.threads:
        thread.join(WAIT_SECONDS)
        assert not thread.is_alive(), "a feed outlived its watchers"


@pytest.fixture
def watching(service: FakeService, clients: Clients) -> Iterator[Feeds]:
    made = Feeds(service, clients)
    yield made
    for client in {*clients.frames, "ann", "ben"}:
        made.forget(client)


def test_who_watches_from_the_start_gets_events_as_they_come(
    service: FakeService, clients: Clients, watching: Feeds
) -> None:
    run = service.add_run(status=RunStatus.RUNNING)
    assert watching.watch("ann", run.id, 0) == 0
    for number in range(1, 4):
        service.say(run.id, f"message {number}")
        watching.wake(run.id)
        clients.wait(lambda number=number: clients.last_seq("ann") == number)
    assert clients.seqs("ann") == [1, 2, 3]


def test_late_joiner_gets_what_it_lacks_and_then_what_comes(
    service: FakeService, clients: Clients, watching: Feeds
) -> None:
    run = service.add_run(status=RunStatus.RUNNING)
    service.say(run.id, *map(str, range(2500)))
    assert watching.watch("ann", run.id, 100) == 2500
    clients.wait(lambda: clients.last_seq("ann") == 2500)
    service.say(run.id, "and one more")
    watching.wake()
    clients.wait(lambda: clients.last_seq("ann") == 2501)
    assert clients.seqs("ann") == list(range(101, 2502))


def test_who_wants_the_tail_gets_it_whole_and_before_it_what_makes_sense_of_it(
    service: FakeService, clients: Clients, watching: Feeds
) -> None:
    run = service.add_run(status=RunStatus.RUNNING)
    service.append(run.id, [NotebookStarted(cells=[]), Stream(name="stdout", text="1"), CellStarted(index=0)])
    service.say(run.id, *map(str, range(97)))
    watching.watch("ann", run.id, 0, 10)
    clients.wait(lambda: clients.last_seq("ann") == 100)

    assert clients.seqs("ann") == [1, 3, *range(91, 101)]
    sent = [(frame["after"], frame["last_seq"], frame["left_out"]) for frame in clients.frames["ann"]]
    assert sent == [(0, 3, 1), (3, 90, 87), (90, 100, 0)]

    service.say(run.id, "live")
    watching.wake(run.id)
    clients.wait(lambda: clients.last_seq("ann") == 101)


def test_a_tail_that_is_longer_than_what_is_lacking_leaves_nothing_out(
    service: FakeService, clients: Clients, watching: Feeds
) -> None:
    run = service.add_run(status=RunStatus.RUNNING)
    service.say(run.id, *map(str, range(100)))
    watching.watch("ann", run.id, 0, 100)
    watching.watch("ben", run.id, 95, 10)
    clients.wait(lambda: clients.last_seq("ann") == clients.last_seq("ben") == 100)

    assert clients.seqs("ann") == list(range(1, 101))
    assert clients.seqs("ben") == list(range(96, 101))
    assert {frame["left_out"] for name in ("ann", "ben") for frame in clients.frames[name]} == {0}


def test_lost_hint_only_costs_time(service: FakeService, clients: Clients, watching: Feeds) -> None:
    run = service.add_run(status=RunStatus.RUNNING)
    watching.watch("ann", run.id, 0)
    service.say(run.id, "nobody rang")
    clients.wait(lambda: clients.last_seq("ann") == 1)


def test_ended_is_said_once_and_with_or_after_the_last_event(
    service: FakeService, clients: Clients, watching: Feeds
) -> None:
    run = service.add_run(status=RunStatus.RUNNING)
    watching.watch("ann", run.id, 0)
    service.say(run.id, "one", "two")
    service.end(run.id)
    watching.wake(run.id)
    watching.watch("ben", run.id, 1)
    for client, expected in (("ann", [1, 2, 3]), ("ben", [2, 3])):
        clients.wait(lambda client=client: clients.has_ended(client))
        assert clients.seqs(client) == expected
        assert [frame["ended"] for frame in clients.frames[client]].count(True) == 1
        assert clients.frames[client][-1]["ended"]
        assert clients.frames[client][-1]["last_seq"] == 3


def test_run_that_ended_without_any_event_is_said_to_have_ended(
    service: FakeService, clients: Clients, watching: Feeds
) -> None:
    run = service.add_run(status=RunStatus.LOST)
    watching.watch("ann", run.id, 0)
    clients.wait(lambda: clients.has_ended("ann"))
    empty = {"after": 0, "events": [], "last_seq": 0, "left_out": 0}
    assert clients.frames["ann"] == [{"run_id": run.id, **empty, "ended": True}]


def test_many_watchers_cost_one_reading(service: FakeService, clients: Clients, watching: Feeds) -> None:
    run = service.add_run(status=RunStatus.RUNNING)
    names = [f"client {number}" for number in range(30)]
    for name in names:
        watching.watch(name, run.id, 0)
    service.say(run.id, "all are here")
    watching.wake(run.id)
    clients.wait(lambda: all(clients.last_seq(name) == 1 for name in names))
    before = service.reads
    service.say(run.id, "hello")
    watching.wake(run.id)
    clients.wait(lambda: all(clients.last_seq(name) == 2 for name in names))
    assert service.reads - before <= 3, "not once per watcher"


def test_catching_up_waits_for_each_acknowledgement(
    service: FakeService, clients: Clients, watching: Feeds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "ACKNOWLEDGEMENT_SECONDS", 0.01)
    run = service.add_run(status=RunStatus.RUNNING)
    service.say(run.id, *map(str, range(5000)))
    clients.slow["ann"] = []
    clients.backlogs["ann"] = 1
    watching.watch("ann", run.id, 0)
    frames_taken = 0
    while clients.last_seq("ann") < 5000:
        clients.wait(lambda taken=frames_taken: len(clients.frames["ann"]) > taken)
        assert len(clients.frames["ann"]) == frames_taken + 1, "one frame at a time"
        frames_taken += 1
        clients.slow["ann"].pop()()
    assert clients.seqs("ann") == list(range(1, 5001))


def test_who_never_acknowledges_but_takes_everything_still_gets_on(
    service: FakeService, clients: Clients, watching: Feeds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "ACKNOWLEDGEMENT_SECONDS", 0.01)
    run = service.add_run(status=RunStatus.RUNNING)
    service.say(run.id, *map(str, range(3000)))
    clients.slow["ann"] = []
    watching.watch("ann", run.id, 0)
    clients.wait(lambda: clients.last_seq("ann") == 3000)
    assert clients.seqs("ann") == list(range(1, 3001))


def test_who_falls_behind_at_the_tail_leaves_the_room_and_misses_nothing(
    service: FakeService, clients: Clients, watching: Feeds
) -> None:
    run = service.add_run(status=RunStatus.RUNNING)
    for client in ("ann", "ben"):
        watching.watch(client, run.id, 0)
    service.say(run.id, "both are here")
    watching.wake()
    clients.wait(lambda: clients.last_seq("ann") == clients.last_seq("ben") == 1)
    clients.backlogs["ben"] = feed.MAX_BACKLOG + 1
    for number in range(5):
        service.say(run.id, f"flood {number}")
        watching.wake()
        clients.wait(lambda number=number: clients.last_seq("ann") == number + 2)
    assert clients.rooms[run.id] == {"ann"}
    assert clients.seqs("ben") == [1, 2], "nothing is added to what waits for it"
    clients.backlogs["ben"] = 0
    clients.wait(lambda: clients.last_seq("ben") == 6)
    assert clients.seqs("ben") == clients.seqs("ann") == [1, 2, 3, 4, 5, 6]


def test_unwatched_run_is_not_sent_any_more(service: FakeService, clients: Clients, watching: Feeds) -> None:
    run = service.add_run(status=RunStatus.RUNNING)
    for client in ("ann", "ben"):
        watching.watch(client, run.id, 0)
    service.say(run.id, "one")
    watching.wake()
    clients.wait(lambda: clients.last_seq("ann") == clients.last_seq("ben") == 1)
    watching.unwatch("ann", run.id)
    service.say(run.id, "two")
    watching.wake()
    clients.wait(lambda: clients.last_seq("ben") == 2)
    assert clients.seqs("ann") == [1]


def test_runs_that_one_client_watches_are_bounded(service: FakeService, clients: Clients, watching: Feeds) -> None:
    runs = [service.add_run() for _ in range(feeds.MAX_RUNS_PER_CLIENT + 1)]
    for run in runs[:-1]:
        watching.watch("ann", run.id, 0)
    with pytest.raises(TooManyWatchedRuns):
        watching.watch("ann", runs[-1].id, 0)
    watching.watch("ann", runs[0].id, 0)  # again, which is not one more
    watching.unwatch("ann", runs[0].id)
    watching.watch("ann", runs[-1].id, 0)


def test_who_has_more_than_the_feed_has_read_gets_nothing_twice(
    service: FakeService, clients: Clients, watching: Feeds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "POLL_SECONDS", 60.0)
    run = service.add_run(status=RunStatus.RUNNING)
    watching.watch("ann", run.id, 0)
    service.say(run.id, "one", "two", "three")
    watching.watch("ben", run.id, 2)  # had two of them over HTTP
    clients.wait(lambda: clients.last_seq("ben") == 3)
    assert clients.seqs("ben") == [3]


def test_who_claims_to_have_more_than_is_stored_gets_what_comes(
    service: FakeService, clients: Clients, watching: Feeds
) -> None:
    run = service.add_run(status=RunStatus.RUNNING)
    service.say(run.id, "one")
    watching.watch("ann", run.id, 900)
    service.say(run.id, "two")
    watching.wake(run.id)
    clients.wait(lambda: clients.last_seq("ann") == 2)
    assert clients.seqs("ann") == [2]


def test_unknown_run_is_said_to_be_unknown(watching: Feeds) -> None:
    with pytest.raises(UnknownRun):
        watching.watch("ann", 7, 0)


def test_store_that_fails_for_a_moment_ends_nothing(
    service: FakeService, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "POLL_SECONDS", 0.01)
    run = service.add_run(status=RunStatus.RUNNING)
    real_events, failures = service.events, iter(range(3))

    def failing(run_id: int, after: int, limit: int) -> Any:
        if next(failures, None) is not None:
            raise OSError("the disk is away")
        return real_events(run_id, after, limit)

    monkeypatch.setattr(service, "events", failing)
    service.say(run.id, "one")
    watching = Feeds(service, clients)
    watching.watch("ann", run.id, 0)
    clients.wait(lambda: clients.last_seq("ann") == 1)
    watching.forget("ann")


@pytest.mark.parametrize("seed", range(2))
def test_whoever_comes_and_goes_at_whatever_moment_gets_each_event_once_and_in_order(
    seed: int, service: FakeService, clients: Clients, watching: Feeds
) -> None:
    """Clients reconnect at random moments while 5,000 events arrive; each is slow at times."""
    chance = random.Random(seed)  # noqa: S311 - chance, not a secret
    run = service.add_run(status=RunStatus.RUNNING)
    total = 5000

    def write() -> None:
        written = 0
        while written < total:
            size = min(chance.choice([1, 1, 3, 40, 400]), total - written)
            service.say(run.id, *["x" * chance.randrange(200)] * size)
            written += size
            watching.wake(run.id)
            threading.Event().wait(chance.random() * 0.005)
        service.end(run.id)
        watching.wake(run.id)

    def come_and_go(name: str, own_chance: random.Random) -> None:
        threading.Event().wait(own_chance.random() * 0.2)
        while not clients.has_ended(name):
            watching.watch(name, run.id, clients.last_seq(name))
            clients.backlogs[name] = own_chance.choice([0, 0, feed.MAX_BACKLOG + 1])
            threading.Event().wait(own_chance.random() * 0.2)
            clients.backlogs[name] = 0
            if not clients.has_ended(name):
                watching.unwatch(name, run.id)

    names = {f"client {number}": random.Random(seed * 100 + number) for number in range(6)}  # noqa: S311
    writer = threading.Thread(target=write)
    comers = [threading.Thread(target=come_and_go, args=each) for each in names.items()]
    for thread in (writer, *comers):
        thread.start()
    for thread in (writer, *comers):
        thread.join(60)
        assert not thread.is_alive()
    for name in names:
        assert clients.seqs(name) == list(range(1, total + 2)), name
