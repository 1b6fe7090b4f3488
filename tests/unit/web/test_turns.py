"""Work that is done one after the other."""

from __future__ import annotations

import threading

import pytest

from taskdeck.web import turns
from taskdeck.web.turns import Busy, Turn


def test_too_many_that_would_wait_are_sent_away_and_later_ones_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MAX_WAITING", 0)
    turn = Turn()
    with turn, pytest.raises(Busy), turn:
        pass
    with turn:
        pass


def test_those_that_wait_get_their_turn() -> None:
    turn, done = Turn(), []

    def work() -> None:
        with turn:
            done.append(1)

    with turn:
        waiting = [threading.Thread(target=work) for _ in range(turns.MAX_WAITING)]
        for thread in waiting:
            thread.start()
        assert done == []
    for thread in waiting:
        thread.join()
    assert len(done) == turns.MAX_WAITING
