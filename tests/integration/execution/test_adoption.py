"""What the next worker makes of the runs of one that was killed, wherever that was."""

import dataclasses
import os
import shutil
import signal
import subprocess
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from factories import make_capacity, make_notebook

from taskdeck.execution import launcher, recorder
from taskdeck.model import event
from taskdeck.model.run import RunStatus
from taskdeck.runner import control, leftovers, processes
from taskdeck.runner.journal import JOURNAL_NAME
from taskdeck.store import claims, workers
from taskdeck.store.workers import WorkerRow

LEASE = timedelta(seconds=30)
DEAD = "dead worker"


def claim(server, worker_id=DEAD):
    with server.application.database.write() as connection:
        return claims.claim_next(connection, worker_id, make_capacity(), now=datetime.now(UTC), lease=LEASE)


def launch(server, claimed):
    """A runner as the dead worker launched it, of which the store does not know."""
    worker = server.application.worker()
    launcher.make_directory(server.service.run_directory(claimed.run.id), claimed.run)
    job = launcher.build_job(
        claimed,
        settings=worker.settings,
        catalog=worker.catalog.current(),
        keystore=worker.keystore,
        connections=worker._connections,
        wakeup_path=worker._wakeup_path,
    )
    return launcher.launch(job, worker._pools).child


def ledger_project(tmp_path):
    """A script that notes each time it runs, and the file of its notes."""
    ledger = tmp_path / "ledger"
    ledger.touch()
    return {"files": {"note.py": f"open({str(ledger)!r}, 'a').write('ran\\n')\n"}, "worker": False}, ledger


def until(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "did not happen"
        time.sleep(0.01)


def test_a_run_that_was_claimed_but_never_launched_is_started_by_the_next_worker(serve, tmp_path):
    project, ledger = ledger_project(tmp_path)
    server = serve(**project)
    run = server.submit("NOTE")
    claim(server)

    with server.worker():
        ended = server.wait(run.id)

    assert (ended.status, ended.attempt) == (RunStatus.SUCCEEDED, 1)
    assert ledger.read_text() == "ran\n"


def test_a_run_whose_directory_was_made_but_not_marked_is_started_in_a_new_one(serve, tmp_path):
    project, ledger = ledger_project(tmp_path)
    server = serve(**project)
    run = server.submit("NOTE")
    claim(server)
    server.service.run_directory(run.id).mkdir()

    with server.worker():
        ended = server.wait(run.id)

    assert ended.status is RunStatus.SUCCEEDED
    assert ledger.read_text() == "ran\n"
    assert [each.name for each in server.application.settings.runs_directory.iterdir()] == [str(run.id)]


def test_a_claimed_run_is_not_taken_for_one_of_another_store_with_its_number(serve, tmp_path):
    project, ledger = ledger_project(tmp_path)
    server = serve(**project)
    left = server.service.run_directory(1)
    left.mkdir()
    control.begin(left, 1)
    run = server.submit("NOTE")
    claim(server)

    with server.worker():
        ended = server.wait(run.id)

    assert ended.status is RunStatus.SUCCEEDED
    assert ledger.read_text() == "ran\n"


def test_a_runner_that_comes_up_after_another_one_began_does_nothing(serve, tmp_path):
    project, ledger = ledger_project(tmp_path)
    server = serve(**project)
    run = server.submit("NOTE")
    late = launch(server, claim(server))
    late.send_signal(signal.SIGSTOP)

    with server.worker():
        ended = server.wait(run.id)
    late.send_signal(signal.SIGCONT)

    assert late.wait(30) == processes.EXIT_ALREADY_BEGUN
    assert ended.status is RunStatus.SUCCEEDED
    assert ledger.read_text() == "ran\n"
    assert [event["seq"] for event in server.events(run.id)] == list(range(1, ended.recorded_seq + 1))


def test_a_worker_whose_own_runner_was_too_late_watches_the_one_that_began(serve, tmp_path, monkeypatch):
    project, ledger = ledger_project(tmp_path)
    server = serve(**project)
    run = server.submit("NOTE")
    first = launch(server, claim(server))
    first.send_signal(signal.SIGSTOP)
    real_launch = launcher.launch

    def launch_too_late(job, pools):
        first.send_signal(signal.SIGCONT)
        until(lambda: control.runner_of(server.service.run_directory(run.id), 1))
        return real_launch(job, pools)

    monkeypatch.setattr(launcher, "launch", launch_too_late)
    with server.worker():
        ended = server.wait(run.id)

    assert first.wait(30) == 0
    assert ended.status is RunStatus.SUCCEEDED
    assert ledger.read_text() == "ran\n"


def test_a_lost_run_does_not_begin_after_all(serve, tmp_path, monkeypatch):
    project, ledger = ledger_project(tmp_path)
    server = serve(**project)
    run = server.submit("NOTE")
    late = launch(server, claim(server))
    late.send_signal(signal.SIGSTOP)
    real_launch = launcher.launch

    def launch_and_kill(job, pools):
        process = real_launch(job, pools)
        process.child.kill()
        return process

    monkeypatch.setattr(launcher, "launch", launch_and_kill)
    with server.worker():
        ended = server.wait(run.id)
    late.send_signal(signal.SIGCONT)

    assert late.wait(30) == processes.EXIT_ALREADY_BEGUN
    assert ended.status is RunStatus.LOST
    assert ledger.read_text() == ""


def test_a_runner_that_was_killed_before_it_began_is_replaced_by_another(serve, tmp_path, monkeypatch):
    project, ledger = ledger_project(tmp_path)
    server = serve(**project)
    run = server.submit("NOTE")
    real_launch = launcher.launch

    def launch_and_kill_the_first(job, pools):
        monkeypatch.setattr(launcher, "launch", real_launch)
        process = real_launch(job, pools)
        process.child.kill()
        return process

    monkeypatch.setattr(launcher, "launch", launch_and_kill_the_first)
    with server.worker():
        ended = server.wait(run.id)

    assert (ended.status, ended.attempt) == (RunStatus.SUCCEEDED, 1)
    assert ledger.read_text() == "ran\n"


def test_a_run_that_may_have_begun_before_the_power_failed_is_not_started_again(serve, tmp_path, monkeypatch):
    project, ledger = ledger_project(tmp_path)
    server = serve(**project)
    run = server.submit("NOTE")
    with server.application.database.write() as connection:
        workers.add(connection, worker_row(DEAD))
    claim(server)
    this_boot = processes._boot()
    monkeypatch.setattr(processes, "_boot", lambda: this_boot ^ 1)

    with server.worker():
        ended = server.wait(run.id)

    assert ended.status is RunStatus.LOST
    assert "whether it began cannot be told" in ended.reason
    assert ledger.read_text() == ""


def worker_row(worker_id, *, heartbeat_at=None):
    """A worker that is this very process."""
    return WorkerRow(
        id=worker_id,
        host=os.uname().nodename,
        pid=os.getpid(),
        process_created_at=processes.created_at(os.getpid()),
        max_parallel_runs=1,
        dedicated=False,
        heartbeat_at=heartbeat_at or datetime.now(UTC),
    )


def test_the_runs_of_a_worker_that_hangs_are_taken_over(serve, tmp_path):
    project, ledger = ledger_project(tmp_path)
    server = serve(**project)
    run = server.submit("NOTE")
    stuck = worker_row("stuck", heartbeat_at=datetime.now(UTC) - 2 * LEASE)
    with server.application.database.write() as connection:
        workers.add(connection, stuck)
    claim(server, "stuck")

    with server.worker():
        ended = server.wait(run.id)

    assert ended.status is RunStatus.SUCCEEDED
    assert ledger.read_text() == "ran\n"


def test_a_worker_that_was_taken_for_dead_is_listed_again(serve, monkeypatch):
    monkeypatch.setattr("taskdeck.execution.worker.HEARTBEAT_SECONDS", 0.0)
    server = serve(files={}, worker=False)
    worker = server.application.worker()
    worker._register()
    with server.application.database.write() as connection:
        workers.remove(connection, worker.id)

    worker.step()

    assert listed(server) == [worker.id]


def listed(server):
    with server.application.database.read() as connection:
        return [row.id for row in workers.all_workers(connection)]


def test_after_a_reboot_a_stranger_with_the_runners_pid_is_not_taken_for_it(serve, tmp_path, monkeypatch):
    project, ledger = ledger_project(tmp_path)
    server = serve(**project)
    run = server.submit("NOTE")
    claimed = claim(server)
    directory = server.service.run_directory(run.id)
    launcher.make_directory(directory, claimed.run)
    control.begin(directory, 1)
    this_boot = processes._boot()
    monkeypatch.setattr(processes, "_boot", lambda: this_boot ^ 1)

    with server.worker():
        ended = server.wait(run.id)

    assert ended.status is RunStatus.LOST
    assert ledger.read_text() == ""


@pytest.fixture
def temporary(monkeypatch):
    """A directory for temporary files with a short path, as kernels need it."""
    with tempfile.TemporaryDirectory(prefix="tdt-", dir="/tmp") as directory:
        monkeypatch.setattr(tempfile, "tempdir", directory)
        monkeypatch.setenv("TMPDIR", directory)
        yield Path(directory)


def test_a_killed_runner_leaves_neither_a_process_nor_a_file_behind(serve, tmp_path, temporary):
    pid_file = tmp_path / "pid"
    escaped = (
        "import os, subprocess, time\n"
        "child = subprocess.Popen(['sh', '-c', 'trap \"\" TERM HUP INT; sleep 600; true'], start_new_session=True)\n"
        f"open({str(pid_file)!r}, 'w').write(str(child.pid))\nprint('ready', flush=True)\ntime.sleep(600)"
    )
    server = serve(files={"escape.ipynb": make_notebook(escaped)})
    run = server.submit("ESCAPE")
    server.wait_for_event(run.id, lambda event: "ready" in str(event.get("output")))
    directory, runner = server.service.run_directory(run.id), server.service.run(run.id).runner_pid
    (directory / "outputs" / f".table.csv.{runner}").touch()
    escaped_pid = int(pid_file.read_text())
    escaped_at = processes.created_at(escaped_pid)
    assert list(temporary.glob("td-*"))

    os.kill(runner, signal.SIGKILL)
    ended = server.wait(run.id)

    assert (ended.status, "SIGKILL" in ended.reason) == (RunStatus.LOST, True)
    assert not processes.is_alive(escaped_pid, escaped_at)
    assert list(directory.rglob(f".*.{runner}")) == []
    assert list(temporary.glob("td-*")) == []


def test_after_a_reboot_everything_is_found_again_on_the_disk(serve, tmp_path, monkeypatch):
    go_on = tmp_path / "go-on"
    patient = f"import os, time\nwhile not os.path.exists({str(go_on)!r}):\n    time.sleep(0.01)\nprint('done')\n"
    sleeper = "import time\nprint('ready', flush=True)\ntime.sleep(600)\n"
    server = serve(files={"sleeper.py": sleeper, "patient.py": patient, "late.py": "print('late')"}, worker=False)
    with server.worker():
        running, ended_unseen = server.submit("SLEEPER"), server.submit("PATIENT")
        server.wait_for_event(running.id, lambda event: "ready" in event.get("text", ""))
        server.wait(ended_unseen.id, lambda run: run.recorded_seq > 0)
    go_on.touch()
    journal = server.service.run_directory(ended_unseen.id) / JOURNAL_NAME
    until(lambda: '"type":"status"' in journal.read_text())
    queued = server.submit("LATE")
    runner = server.service.run(running.id)
    processes.kill_tree(runner.runner_pid, runner.runner_created_at)
    with (server.service.run_directory(running.id) / JOURNAL_NAME).open("ab") as file:
        file.write(b'{"seq":99,"at":"2026-')  # half a line
    shutil.rmtree(server.application.settings.state_directory / "wakeup")
    this_boot = processes._boot()
    monkeypatch.setattr(processes, "_boot", lambda: this_boot ^ 1)

    with server.worker():
        found = {run.id: server.wait(run.id) for run in (running, ended_unseen, queued)}

    assert [found[run.id].status for run in (running, ended_unseen, queued)] == ["lost", "succeeded", "succeeded"]
    for run in found.values():
        assert [event["seq"] for event in server.events(run.id)] == list(range(1, run.recorded_seq + 1))
        assert [event["status"] for event in server.events(run.id) if event["type"] == "status"] == [run.status]


def test_what_nobody_saw_die_is_cleared_away_by_the_next_worker(serve, temporary):
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    of_the_dead, of_the_living = (Path(leftovers.kernel_directory(pid)) for pid in (gone.pid, os.getpid()))
    server = serve(files={}, worker=False)
    with server.application.database.write() as connection:
        workers.add(connection, dataclasses.replace(worker_row("dead"), pid=gone.pid))

    with server.worker():
        until(lambda: server.service.worker_status().alive)
        until(lambda: not of_the_dead.exists())
        until(lambda: "dead" not in listed(server))

    assert of_the_living.exists()


def test_two_workers_that_record_the_same_events_store_them_once(serve):
    server = serve(files={"hello.py": "print('hello')"}, worker=False)
    server.submit("HELLO")
    run = claim(server).run
    directory = server.service.run_directory(run.id)
    launcher.make_directory(directory, run)
    said = [event.Message(text=str(number)) for number in range(3)]
    lines = [event.to_wire(each, seq=seq, attempt=1, at=datetime.now(UTC)) for seq, each in enumerate(said, start=1)]
    (directory / JOURNAL_NAME).write_bytes(b"".join(map(event.encode, lines)))

    first, second = (recorder.record(server.application.database, run, directory) for _ in range(2))

    assert (first.news, first.ended) == (True, False)
    # Whoever was second does not watch the run any more.
    assert (second.news, second.ended) == (False, True)
    assert server.events(run.id) == lines
