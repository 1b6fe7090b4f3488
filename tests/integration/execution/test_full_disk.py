"""Nothing is corrupted by a disk that is full, and all goes on when there is room again."""

import contextlib
import time
from pathlib import Path

import pytest
from disks import full, read_only, small_disk

from taskdeck.execution import launcher
from taskdeck.model.run import RunStatus
from taskdeck.runner.journal import JOURNAL_NAME
from taskdeck.store.database import StoreFull, StoreUnavailable

COUNT = 3000
TALKER = """
import os, random, time
from taskdeck import sdk
sdk.log("ready")
while not os.path.exists({go!r}):
    time.sleep(0.01)
for number in range({count}):
    sdk.log(f"{{number}} {{random.randbytes(100).hex()}}")
"""


@pytest.fixture
def disk(tmp_path):
    with small_disk(tmp_path / "disk") as directory:
        yield directory


@pytest.fixture
def go(tmp_path):
    """The file that the talker waits for before it says more than one thing."""
    return tmp_path / "go"


def talker(go):
    return {"talker.py": TALKER.format(go=str(go), count=COUNT), "hello.py": "print('hello')"}


def until(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "did not happen"
        time.sleep(0.01)


def numbers(server, run_id):
    return [int(text.split()[0]) for text in server.messages(run_id) if text != "ready"]


def is_ready(event):
    return event.get("text") == "ready"


def full_store(server, disk):
    return full(disk, store=Path(server.application.database.url.database))


def problems_of_the_store(server):
    with server.application.database.read() as connection:
        return [text for (text,) in connection.exec_driver_sql("PRAGMA integrity_check") if text != "ok"]


def test_a_run_whose_disk_is_full_fails_saying_so_and_the_next_one_runs_when_there_is_room(serve, disk, go, tmp_path):
    store = f"sqlite:///{tmp_path}/elsewhere.db"
    environment = {"TASKDECK_STATE_DIR": str(disk), "TASKDECK_DATABASE_URL": store}
    server = serve(files=talker(go), environment=environment)
    run = server.submit("TALKER")
    server.wait_for_event(run.id, is_ready)

    with full(disk):
        go.touch()
        ended = server.wait(run.id)
    after = server.run("HELLO")

    assert ended.status is RunStatus.FAILED
    assert "is the disk full?" in ended.reason
    assert [event["seq"] for event in server.events(run.id)] == list(range(1, ended.recorded_seq + 1))
    assert numbers(server, run.id) == list(range(len(numbers(server, run.id))))
    assert after.status is RunStatus.SUCCEEDED


def test_what_a_full_store_cannot_take_is_recorded_when_there_is_room(serve, disk, go, caplog):
    caplog.set_level("INFO")
    environment = {"TASKDECK_DATABASE_URL": f"sqlite:///{disk}/store.db"}
    server = serve(files=talker(go), environment=environment)
    run = server.submit("TALKER")
    server.wait_for_event(run.id, is_ready)
    journal = server.service.run_directory(run.id) / JOURNAL_NAME

    with full_store(server, disk):
        go.touch()
        until(lambda: '"type":"status"' in journal.read_text().splitlines()[-1])
        until(lambda: "store_unavailable" in caplog.messages)
        assert server.service.run(run.id).status is RunStatus.RUNNING
    ended = server.wait(run.id)

    assert ended.status is RunStatus.SUCCEEDED
    assert numbers(server, run.id) == list(range(COUNT))
    assert caplog.messages.count("store_unavailable") == 1
    until(lambda: "store_available_again" in caplog.messages)
    assert problems_of_the_store(server) == []


def test_a_run_that_finds_no_room_in_the_store_is_not_queued_at_all(serve, disk):
    server = serve(files={"hello.py": "print('hello')"}, environment={"TASKDECK_STATE_DIR": str(disk)})

    until(lambda: server.service.worker_status().alive)

    with full_store(server, disk), pytest.raises(StoreFull, match=r"taskdeck\.db is full\. Make room"):
        server.submit("HELLO")

    assert server.service.runs() == []
    assert server.run("HELLO").status is RunStatus.SUCCEEDED
    assert problems_of_the_store(server) == []


def test_a_claimed_run_waits_for_room_when_its_end_cannot_be_stored(serve, disk, monkeypatch, caplog):
    """Nothing fits any more just after the claim: neither the runner's files nor the news of its failure."""
    monkeypatch.setattr("taskdeck.execution.worker.HEARTBEAT_SECONDS", 0.2)
    server = serve(files={"hello.py": "print('hello')"}, worker=False, environment={"TASKDECK_STATE_DIR": str(disk)})
    run = server.submit("HELLO")
    made = launcher.make_directory
    filling = contextlib.ExitStack()

    def fill_and_make(directory, run):
        monkeypatch.setattr(launcher, "make_directory", made)
        filling.enter_context(full_store(server, disk))
        raise launcher.LaunchFailed("no room")

    monkeypatch.setattr(launcher, "make_directory", fill_and_make)
    with filling, server.worker():
        until(lambda: server.service.run(run.id).status is RunStatus.RUNNING)
        until(lambda: "store_unavailable" in caplog.messages)
        filling.close()
        ended = server.wait(run.id)

    assert (ended.status, ended.reason, ended.attempt) == (RunStatus.SUCCEEDED, "", 1)


def test_a_store_that_became_read_only_says_so_and_takes_runs_again_after(serve, disk):
    server = serve(files={"hello.py": "print('hello')"}, worker=False, environment={"TASKDECK_STATE_DIR": str(disk)})
    # Connections that are open already would not notice.
    server.application.database.close()

    with read_only(disk), pytest.raises(StoreUnavailable, match=r"The store .*taskdeck\.db cannot be (read|written)"):
        server.submit("HELLO")
    server.application.database.close()

    assert server.service.runs() == []
    assert server.submit("HELLO").id == 1
    assert problems_of_the_store(server) == []


def test_a_run_that_cannot_have_a_directory_fails_saying_why_and_the_next_one_runs(serve):
    server = serve(files={"hello.py": "print('hello')"})

    with read_only(server.application.settings.runs_directory):
        ended = server.run("HELLO")
    after = server.run("HELLO")

    assert ended.status is RunStatus.FAILED
    assert "Read-only file system" in ended.reason
    assert after.status is RunStatus.SUCCEEDED
