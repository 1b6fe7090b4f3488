"""Updates in a process of their own."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace

import pytest

from taskdeck import settings as settings_module
from taskdeck.configuration import child, lock
from taskdeck.configuration.active_runs import ActiveRuns
from taskdeck.configuration.failure import Kind, UpdateFailed
from taskdeck.configuration.request import Action, Outcome, Request
from taskdeck.model.config_plan import ActiveRun

from .conftest import Configured, archive_of

ARCHIVE = archive_of(
    {"config/data_tasks.json": '{"dataTasks": [{"id": "A", "pythonFile": "a.py"}]}', "data_tasks/a.py": ""}
)


UPLOAD = Request(action=Action.ARCHIVE, file="a.tgz", by="CI")


@pytest.fixture(autouse=True)
def archives_are_allowed(configured: Configured) -> None:
    configured.set(archives=True)


def test_it_answers_as_the_same_update_in_this_process_does(configured: Configured) -> None:
    result = child.apply(configured.settings, UPLOAD, io.BytesIO(ARCHIVE))

    assert result.outcome is Outcome.MADE
    assert result.version == configured.versions.get(2)
    assert result.plan == configured.versions.plan(2)
    assert list(configured.catalog().tasks) == ["A"]


def test_who_has_the_store_open_tells_of_the_runs_and_saves_the_time_to_load_it(configured: Configured) -> None:
    run = ActiveRun(run=7, task="LOAD", status="running")
    active = ActiveRuns(runs=(run,), versions=frozenset({1}), environments=frozenset({"/environments/x"}))

    result = child.apply(configured.settings, UPLOAD, io.BytesIO(ARCHIVE), active)

    assert result.plan is not None
    assert result.plan["active_runs"] == [{"run": 7, "task": "LOAD", "status": "running"}]
    assert ActiveRuns.from_json(json.loads(json.dumps(active.to_json()))) == active
    code = "import sys, taskdeck.configuration.__main__; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_why_it_fails_comes_with_all_problems(configured: Configured) -> None:
    broken = archive_of({"config/data_tasks.json": '{"dataTasks": [{"id": "A", "pythonFile": "a.py"}]}'})

    with pytest.raises(UpdateFailed) as failed:
        child.apply(configured.settings, UPLOAD, io.BytesIO(broken))

    assert failed.value.kind is Kind.INVALID
    assert [problem.message for problem in failed.value.problems] == ["The file 'a.py' does not exist"]


def test_who_sends_more_than_is_taken_is_told_so(configured: Configured) -> None:
    configured.set(max_bytes=100_000)

    with pytest.raises(UpdateFailed) as failed:
        child.apply(configured.settings, UPLOAD, io.BytesIO(bytes(20_000_000)))
    assert failed.value.kind is Kind.TOO_LARGE

    with (
        lock.held(configured.settings.configuration_directory / "lock", by="Ada", since="now"),
        pytest.raises(UpdateFailed) as failed,
    ):
        child.apply(configured.settings, UPLOAD, io.BytesIO(bytes(20_000_000)))
    assert failed.value.kind is Kind.BUSY


def test_one_that_takes_too_long_is_killed(configured: Configured, monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return bytes(1)

    monkeypatch.setattr(child, "_GRACE_SECONDS", 0.5)
    configured.set(timeout_seconds=1)

    with pytest.raises(UpdateFailed) as failed:
        child.apply(configured.settings, UPLOAD, Endless())

    assert failed.value.kind is Kind.TIMED_OUT
    assert lock.holder(configured.settings.configuration_directory / "lock") is None


GEVENT = """
import gevent.monkey
gevent.monkey.patch_all()
import pathlib, sys, time
import gevent
from taskdeck.configuration import child
from taskdeck.configuration.request import Action, Request
from taskdeck.settings import from_environment

slowest = 0.0
def tick():
    global slowest
    while True:
        before = time.monotonic()
        gevent.sleep(0.001)
        slowest = max(slowest, time.monotonic() - before)
gevent.spawn(tick)
result = child.apply(from_environment(pathlib.Path(sys.argv[1]), {}), Request(action=Action.DIRECTORY))
assert slowest < 1, slowest
print(result.outcome)
"""


def test_greenlets_go_on_meanwhile(configured: Configured) -> None:
    done = subprocess.run(
        [sys.executable, "-c", GEVENT, str(configured.root)], capture_output=True, text=True, timeout=60, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "made\n", "")


def test_the_secrets_of_the_server_are_not_sent_along(configured: Configured) -> None:
    configured.set(webhook_secret="canary-secret")
    settings = replace(configured.settings, token="canary-token")

    assert "canary" not in str(settings_module.to_json(settings))
