from __future__ import annotations

import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from taskdeck.runner import wakeup
from taskdeck.runner.wakeup import Listener


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    opened = Listener(tmp_path / "wakeup" / "worker-1")
    yield opened
    opened.close()


def test_whoever_waits_learns_which_runs_rang(tmp_path: Path, listener: Listener) -> None:
    wakeup.ring(tmp_path / "wakeup" / "worker-1", 12)
    wakeup.ring(tmp_path / "wakeup" / "worker-1", 13)
    wakeup.ring(tmp_path / "wakeup" / "worker-1")
    assert listener.wait(5) == {12, 13, wakeup.NEWS}


def test_waiting_ends_when_somebody_rings(tmp_path: Path, listener: Listener) -> None:
    threading.Timer(0.05, wakeup.ring, [tmp_path / "wakeup" / "worker-1", 3]).start()
    assert listener.wait(None) == {3}


def test_nothing_rings_within_the_time_out(listener: Listener) -> None:
    assert listener.wait(0) == set()
    assert listener.wait(0.01) == set()


def test_a_directory_rings_all_its_listeners(tmp_path: Path, listener: Listener) -> None:
    other = Listener(tmp_path / "wakeup" / "worker-2")
    wakeup.ring(tmp_path / "wakeup", 5)
    assert listener.wait(5) == other.wait(5) == {5}
    other.close()


def test_the_successor_is_rung_when_the_listener_is_gone(tmp_path: Path, listener: Listener) -> None:
    wakeup.ring(tmp_path / "wakeup" / "worker-0", 5)
    assert listener.wait(5) == {5}


def test_ringing_never_fails(tmp_path: Path) -> None:
    wakeup.ring(tmp_path / "missing" / "worker")
    (tmp_path / "broken").write_text("no port")
    (tmp_path / "impossible").write_text("99999")
    wakeup.ring(tmp_path)


def test_strangers_datagrams_do_not_disturb(tmp_path: Path, listener: Listener) -> None:
    listener.socket.sendto(b"\xff not a number", listener.socket.getsockname())
    wakeup.ring(tmp_path / "wakeup" / "worker-1", 4)
    assert listener.wait(5) | listener.wait(0.1) == {4}


def test_the_port_is_nobody_elses_business_and_gone_after_close(tmp_path: Path) -> None:
    opened = Listener(tmp_path / "port")
    assert stat.S_IMODE((tmp_path / "port").stat().st_mode) == 0o600
    opened.close()
    assert list(tmp_path.iterdir()) == []
