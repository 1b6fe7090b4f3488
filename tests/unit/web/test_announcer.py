from __future__ import annotations

import threading
from pathlib import Path

import pytest
from fake_service import NOW, FakeService

from taskdeck.model.run import Run, RunStatus
from taskdeck.web import announcer
from taskdeck.web.announcer import Announcer


class Told:
    def __init__(self) -> None:
        self.runs: list[tuple[int, RunStatus]] = []
        self.versions: list[str] = []
        self.configurations: list[int | None] = []

    def run(self, run: Run) -> None:
        self.runs.append((run.id, run.status))


@pytest.fixture
def service(tmp_path: Path) -> FakeService:
    return FakeService(root=tmp_path)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def announcing(service: FakeService, told: Told) -> Announcer:
    return Announcer(
        service,
        run_changed=told.run,
        catalog_changed=told.versions.append,
        config_changed=lambda catalog: told.configurations.append(catalog.config_version),
    )


def test_each_status_of_a_run_is_told_once(service: FakeService, told: Told, announcing: Announcer) -> None:
    run = service.add_run()
    moment = NOW
    for status in (RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.RUNNING, RunStatus.SUCCEEDED):
        service.change(run.id, status=status, recorded_seq=service.run(run.id).recorded_seq + 1)
        announcing.look(moment)
        announcing.look(moment)
    assert told.runs == [(1, RunStatus.QUEUED), (1, RunStatus.RUNNING), (1, RunStatus.SUCCEEDED)]


def test_a_hint_costs_a_look_at_its_run_alone(service: FakeService, told: Told, announcing: Announcer) -> None:
    run, other = service.add_run(), service.add_run()
    announcing.look_at([run.id, run.id])
    service.change(run.id, status=RunStatus.RUNNING)
    service.change(other.id, status=RunStatus.RUNNING)
    announcing.look_at([run.id])
    assert told.runs == [(run.id, RunStatus.QUEUED), (run.id, RunStatus.RUNNING)]


def test_a_hint_of_a_run_that_does_not_exist_is_nothing(
    service: FakeService, told: Told, announcing: Announcer
) -> None:
    run = service.add_run()
    announcing.look_at([4711, run.id])
    assert told.runs == [(run.id, RunStatus.QUEUED)]


def test_what_changed_without_a_hint_is_told_all_the_same(service: FakeService, announcing: Announcer) -> None:
    seen = threading.Event()
    changed = service.add_run()
    announcing._run_changed = lambda run: seen.set() if run.id == changed.id else None
    thread = threading.Thread(target=announcing.run)
    thread.start()
    service.change(changed.id, status=RunStatus.RUNNING)
    assert seen.wait(10)
    announcing.stop()
    thread.join(10)


def test_cancel_request_is_told(service: FakeService, told: Told, announcing: Announcer) -> None:
    run = service.add_run(status=RunStatus.RUNNING)
    announcing.look(NOW)
    service.cancel(run.id, by="ann")
    announcing.look(NOW)
    assert len(told.runs) == 2


def test_new_catalog_is_told_but_not_the_first(service: FakeService, told: Told, announcing: Announcer) -> None:
    for version in ("v1", "v1", "v2", "v2"):
        service.set_catalog_version(version)
        announcing.look(NOW)
    assert told.versions == ["v2"]


def test_runs_it_remembers_are_bounded(
    service: FakeService, told: Told, announcing: Announcer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcer, "MAX_KNOWN_RUNS", 3)
    for _ in range(10):
        service.add_run()
    announcing.look(NOW)
    assert len(announcing._told) == 3


def test_store_that_fails_for_a_moment_ends_nothing(
    service: FakeService, told: Told, announcing: Announcer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, failed, seen = service.runs_changed_since, threading.Event(), threading.Event()

    def failing(moment: object) -> list[Run]:
        if not failed.is_set():
            failed.set()
            raise OSError("the disk is away")
        seen.set()
        return real(moment)  # type: ignore[arg-type]

    monkeypatch.setattr(service, "runs_changed_since", failing)
    thread = threading.Thread(target=announcing.run)
    thread.start()
    assert failed.wait(10)
    announcing.wake()
    assert seen.wait(10)
    announcing.stop()
    thread.join(10)
    assert not thread.is_alive()


def test_new_version_of_the_configuration_is_told_even_where_it_declares_the_same(
    service: FakeService, told: Told, announcing: Announcer
) -> None:
    for number in (None, 1, 1, 2):
        service.set_config_version(number)
        announcing.look(NOW)
    assert told.configurations == [1, 2]
    assert told.versions == []
