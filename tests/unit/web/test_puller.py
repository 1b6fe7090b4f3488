"""Pulls in the background, of an update that does as it is told."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from taskdeck.configuration.failure import Kind, UpdateFailed
from taskdeck.configuration.request import Action, Outcome, Request, Result
from taskdeck.model.config_version import ConfigTrigger
from taskdeck.settings import ConfigurationRules
from taskdeck.web import puller as pullers
from taskdeck.web.puller import Puller

NOTHING = Result(outcome=Outcome.NOTHING_CHANGED, version=None, plan=None)
WAIT_SECONDS = 20.0


class Updates:
    """Each request meets the next of ``answers``, the last one for ever."""

    def __init__(self, *answers: Result | Exception) -> None:
        self._answers = list(answers)
        self._news = threading.Condition()
        self.requests: list[Request] = []

    def apply(self, request: Request) -> Result:
        with self._news:
            self.requests.append(request)
            self._news.notify_all()
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def wait(self, count: int) -> None:
        with self._news:
            assert self._news.wait_for(lambda: len(self.requests) >= count, WAIT_SECONDS), self.requests


Start = Callable[..., Puller]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    monkeypatch.setattr(pullers, "BUSY_SECONDS", 0.01)
    monkeypatch.setattr(pullers, "RETRY_SECONDS", (0.01, 0.01, 0.01))
    started: list[tuple[Puller, threading.Thread]] = []

    def begin(updates: Updates, **rules: Any) -> Puller:
        given = {"repository": "https://git.example.org/deck", "branch": "main", "directory": "deck", **rules}
        puller = Puller(ConfigurationRules(**given), updates.apply)
        thread = threading.Thread(target=puller.run)
        thread.start()
        started.append((puller, thread))
        return puller

    yield begin
    for puller, thread in started:
        puller.stop()
        thread.join(WAIT_SECONDS)
        assert not thread.is_alive()


def failure(kind: Kind, message: str = "why") -> UpdateFailed:
    return UpdateFailed(kind, message)


def until(condition: Callable[[], object]) -> None:
    ended = threading.Event()
    for _ in range(2000):
        if condition():
            return
        ended.wait(0.01)
    pytest.fail("it did not happen")


def test_a_webhook_pulls_what_the_settings_name(start: Start) -> None:
    updates = Updates(NOTHING)
    puller = start(updates)
    puller.ask("ada")
    updates.wait(1)

    assert updates.requests == [
        Request(
            action=Action.UPDATE,
            trigger=ConfigTrigger.WEBHOOK,
            by="ada",
            repository="https://git.example.org/deck",
            ref="main",
            directory="deck",
        )
    ]
    until(lambda: puller.last)
    assert puller.last is not None
    assert (puller.last.outcome, puller.last.by, puller.last.kind) == (Outcome.NOTHING_CHANGED, "ada", "")


def test_nothing_is_pulled_unless_asked(start: Start) -> None:
    updates = Updates(NOTHING)
    start(updates).stop()

    assert updates.requests == []


def test_polls_begin_at_once_and_go_on(start: Start) -> None:
    updates = Updates(NOTHING)
    start(updates, poll_seconds=0.01)
    updates.wait(3)

    assert {request.trigger for request in updates.requests} == {ConfigTrigger.POLL}


def test_without_a_repository_nothing_is_polled(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    updates = Updates(NOTHING)
    start(updates, poll_seconds=0.01, repository="")
    until(lambda: caplog.messages)

    assert "config_not_polled" in caplog.text
    assert updates.requests == []


def test_an_update_in_progress_is_waited_for(start: Start) -> None:
    updates = Updates(failure(Kind.BUSY), failure(Kind.BUSY), NOTHING)
    puller = start(updates)
    puller.ask("ada")
    until(lambda: puller.last)

    assert len(updates.requests) == 3
    assert puller.last is not None
    assert puller.last.outcome is Outcome.NOTHING_CHANGED


def test_what_cannot_be_fetched_after_a_webhook_is_tried_again_some_times(start: Start) -> None:
    updates = Updates(failure(Kind.FETCH_FAILED))
    puller = start(updates)
    puller.ask("ada")
    updates.wait(4)
    puller.ask("bob")
    updates.wait(5)

    assert [request.by for request in updates.requests[:5]] == ["ada", "ada", "ada", "ada", "bob"]


def test_what_is_invalid_is_not_tried_again(start: Start) -> None:
    updates = Updates(failure(Kind.INVALID, "All wrong"), NOTHING)
    puller = start(updates)
    puller.ask("ada")
    until(lambda: puller.last)
    assert puller.last is not None
    assert (puller.last.kind, puller.last.detail, puller.last.outcome) == ("invalid", "All wrong", None)
    puller.ask("bob")
    updates.wait(2)

    assert [request.by for request in updates.requests] == ["ada", "bob"]


def test_the_same_failure_is_logged_once(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    again = [failure(Kind.INVALID)] * 5
    updates = Updates(*again, NOTHING, *again, failure(Kind.FETCH_FAILED), NOTHING)
    start(updates, poll_seconds=0.001)
    updates.wait(15)

    said = [message.partition(" ")[0] for message in caplog.messages]
    assert said == ["config_pull_failed", "config_pulled", "config_pull_failed", "config_pull_failed", "config_pulled"]


def test_an_error_of_ours_does_not_end_the_pulling(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    updates = Updates(RuntimeError("oops"), NOTHING)
    puller = start(updates, poll_seconds=0.01)
    updates.wait(2)
    until(lambda: puller.last and puller.last.outcome)

    assert "oops" in caplog.text
