"""Tests of the author's API inside of one process, without a run around it unless a test makes one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from taskdeck.sdk import bars, channel


@pytest.fixture(autouse=True)
def _no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("TASKDECK_")]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _new_bars(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    mine = bars.Bars()
    monkeypatch.setattr(bars, "_bars", mine)
    yield
    mine.flush()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The events that reached the runner."""
    events: list[dict[str, Any]] = []

    def send(event: dict[str, Any]) -> bool:
        events.append(event)
        return True

    monkeypatch.setattr(channel, "send", send)
    return events
