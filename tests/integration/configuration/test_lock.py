"""One process makes versions at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from taskdeck.configuration import lock

HOLDS = """
import pathlib, sys
from taskdeck.configuration import lock
with lock.held(pathlib.Path(sys.argv[1]), by="CI", since="2026-11-21T10:00:00+00:00"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_nobody_waits_for_the_lock(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    with lock.held(file, by="Ada", since="now"):
        with pytest.raises(lock.Busy), lock.held(file, by="Bob", since="now"):
            pytest.fail("two hold the lock")
        holder = lock.holder(file)
        assert holder is not None
        assert (holder.by, holder.pid) == ("Ada", os.getpid())
    assert lock.holder(file) is None
    with lock.held(file, by="Bob", since="now"):
        pass


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    child = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with pytest.raises(lock.Busy), lock.held(file, by="Ada", since="now"):
            pytest.fail("two hold the lock")
        assert lock.holder(file) is not None
        child.send_signal(signal.SIGKILL)
        child.wait()

    assert lock.holder(file) is None
    with lock.held(file, by="Ada", since="now"):
        pass
