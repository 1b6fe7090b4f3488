"""Runs that are tried again, refused, or wait for their share of the machine."""

import os
import signal
import threading

import pytest

from taskdeck.execution.submission import AlreadyRunning, InvalidParameters
from taskdeck.model.run import RunStatus, Trigger
from taskdeck.model.waiting import WaitingKind

SLEEPER = "import time\nprint('ready', flush=True)\ntime.sleep(600)\n"
AT_ONCE = {"count": 2, "delay": 0}


def is_ready(event):
    return event["type"] == "stream" and "ready" in event["text"]


def fails_until(file, attempt):
    """A script that notes each of its attempts and fails until the given one."""
    return (
        "import os\nfrom taskdeck import sdk\n"
        "number = int(os.environ['TASKDECK_ATTEMPT'])\n"
        f"open({str(file)!r}, 'a').write(f'{{number}}\\n')\n"
        "sdk.log(f'attempt {number}')\n"
        f"if number < {attempt}:\n    raise ValueError('no data')\n"
    )


def statuses(server, run_id):
    return [(event["attempt"], event["status"]) for event in server.events(run_id) if event["type"] == "status"]


def seqs(server, run_id):
    return [event["seq"] for event in server.events(run_id)]


def test_a_failed_attempt_is_followed_by_the_next_until_one_succeeds(serve, tmp_path):
    notes = tmp_path / "notes"
    server = serve(files={"moody.py": fails_until(notes, 3)}, tasks={"MOODY": {"retries": AT_ONCE}})

    run = server.run("MOODY")

    assert (run.status, run.attempt, run.max_attempts, run.reason) == (RunStatus.SUCCEEDED, 3, 3, "")
    assert notes.read_text().split() == ["1", "2", "3"]
    assert statuses(server, run.id) == [
        (1, "failed"),
        (1, "queued"),
        (2, "failed"),
        (2, "queued"),
        (3, "succeeded"),
    ]
    assert seqs(server, run.id) == list(range(1, run.recorded_seq + 1))
    assert server.messages(run.id) == ["attempt 1", "attempt 2", "attempt 3"]
    kept = server.service.attempts(run.id)
    assert [(each.number, each.status) for each in kept] == [
        (1, RunStatus.FAILED),
        (2, RunStatus.FAILED),
        (3, RunStatus.SUCCEEDED),
    ]
    assert kept[0].reason == "ValueError: no data"
    assert all(each.runner_pid for each in kept)


def test_the_last_failure_ends_the_run_with_its_reason(serve, tmp_path):
    server = serve(
        files={"bad.py": fails_until(tmp_path / "notes", 9)}, tasks={"BAD": {"retries": {"count": 1, "delay": 0}}}
    )

    run = server.run("BAD")

    assert (run.status, run.attempt, run.reason) == (RunStatus.FAILED, 2, "ValueError: no data")
    again = next(event for event in server.events(run.id) if event.get("status") == "queued")
    assert again["reason"] == "Attempt 1 of 2 failed: ValueError: no data; next attempt in 0 s."
    assert server.service.events(run.id, 0, 1000).ended


def test_a_run_is_not_over_while_it_waits_for_its_next_attempt_and_can_be_cancelled_then(serve, tmp_path):
    server = serve(
        files={"bad.py": fails_until(tmp_path / "notes", 9)}, tasks={"BAD": {"retries": {"count": 1, "delay": 600}}}
    )
    submitted = server.submit("BAD")
    waiting = server.wait(submitted.id, lambda run: run.status is RunStatus.QUEUED and run.attempt == 1)

    assert not server.service.events(waiting.id, 0, 1000).ended
    assert server.service.waiting(waiting).kind is WaitingKind.RETRY
    assert "next attempt in 600 s" in waiting.reason
    ended = server.service.cancel(waiting.id, by="Ada")

    assert (ended.status, ended.reason) == (RunStatus.CANCELLED, "Cancelled by Ada while it waited for attempt 2.")
    assert seqs(server, ended.id) == list(range(1, ended.recorded_seq + 1))


def test_a_cancelled_run_is_not_tried_again(serve):
    server = serve(files={"sleeper.py": SLEEPER}, tasks={"SLEEPER": {"retries": AT_ONCE}})
    run = server.submit("SLEEPER")
    server.wait_for_event(run.id, is_ready)

    server.service.cancel(run.id, by="Ada")
    ended = server.wait(run.id)

    assert (ended.status, ended.attempt) == (RunStatus.CANCELLED, 1)


@pytest.mark.parametrize(("policy", "expected"), [("never", (RunStatus.LOST, 1)), ("rerun", (RunStatus.SUCCEEDED, 2))])
def test_a_lost_run_is_tried_again_only_if_its_task_says_that_is_safe(serve, tmp_path, policy, expected):
    go_on = tmp_path / "go-on"
    script = (
        "import os, time\nprint('ready', flush=True)\n"
        f"while not os.path.exists({str(go_on)!r}):\n    time.sleep(0.01)\n"
    )
    server = serve(
        files={"patient.py": script}, tasks={"PATIENT": {"rerunPolicy": policy, "retries": {"count": 0, "delay": 0}}}
    )
    run = server.submit("PATIENT")
    server.wait_for_event(run.id, is_ready)

    go_on.touch()
    os.kill(server.service.run(run.id).runner_pid, signal.SIGKILL)
    ended = server.wait(run.id)

    assert (ended.status, ended.attempt) == expected
    assert seqs(server, run.id) == list(range(1, ended.recorded_seq + 1))


def test_half_a_line_that_a_killed_runner_left_does_not_spoil_the_next_attempt(serve, tmp_path):
    go_on = tmp_path / "go-on"
    # The runner appends to its journal; this stands in for the write in the middle of which it was killed.
    script = (
        "import os, signal\n"
        "if os.environ['TASKDECK_ATTEMPT'] == '1':\n"
        "    with open(os.environ['TASKDECK_RUN_DIR'] + '/journal.jsonl', 'a') as journal:\n"
        '        journal.write(\'{"seq": 99, "at\')\n'
        "    os.kill(os.getppid(), signal.SIGKILL)\n"
        "    import time; time.sleep(600)\n"
    )
    server = serve(
        files={"torn.py": script}, tasks={"TORN": {"rerunPolicy": "rerun", "retries": {"count": 0, "delay": 0}}}
    )

    run = server.run("TORN")

    assert (run.status, run.attempt, run.reason) == (RunStatus.SUCCEEDED, 2, "")
    assert seqs(server, run.id) == list(range(1, run.recorded_seq + 1))
    assert not go_on.exists()


def test_a_run_that_timed_out_is_tried_again_and_its_attempts_tell_what_they_took(serve):
    script = (
        "import os, time\nprint('ready', flush=True)\nif os.environ['TASKDECK_ATTEMPT'] == '1':\n    time.sleep(600)\n"
    )
    server = serve(files={"slow.py": script}, tasks={"SLOW": {"timeout": 5, "retries": {"count": 1, "delay": 0}}})

    run = server.run("SLOW")

    assert (run.status, run.attempt) == (RunStatus.SUCCEEDED, 2)
    first, second = server.service.attempts(run.id)
    assert (first.status, first.reason) == (RunStatus.TIMED_OUT, "The run took longer than its time-out of 5 s.")
    assert first.wall_seconds >= 5
    assert first.peak_memory_bytes > 0
    assert second.cpu_seconds > 0


def test_a_runner_that_hangs_does_not_outstay_the_time_out(serve, monkeypatch):
    monkeypatch.setattr("taskdeck.execution.overtime.GRACE_SECONDS", 0.5)
    server = serve(files={"sleeper.py": SLEEPER}, tasks={"SLEEPER": {"timeout": 4, "cancelTimeout": 0}})
    run = server.submit("SLEEPER")
    server.wait_for_event(run.id, is_ready)

    os.kill(server.service.run(run.id).runner_pid, signal.SIGSTOP)
    ended = server.wait(run.id)

    assert ended.status is RunStatus.TIMED_OUT
    assert "had to be killed" in ended.reason


def test_a_task_that_takes_one_run_only_refuses_another_and_names_the_one_that_is_active(serve):
    server = serve(files={"sleeper.py": SLEEPER}, tasks={"SLEEPER": {"concurrency": "reject"}})
    first = server.submit("SLEEPER")

    with pytest.raises(AlreadyRunning, match=f"Run {first.id} ") as refused:
        server.submit("SLEEPER")

    assert refused.value.run_id == first.id
    server.service.cancel(first.id, by="Ada")
    server.wait(first.id)
    assert server.submit("SLEEPER").id == first.id + 1


def test_a_repeated_request_is_answered_with_its_run_although_the_task_takes_one_only(serve):
    server = serve(files={"sleeper.py": SLEEPER}, tasks={"SLEEPER": {"concurrency": "reject"}}, worker=False)
    answers = []

    def submit():
        answers.append(server.service.submit("SLEEPER", {}, trigger=Trigger.API, idempotency_key="k"))

    threads = [threading.Thread(target=submit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [run.id for run, _ in answers] == [1] * 8
    assert [created for _, created in answers].count(True) == 1


def test_runs_of_one_task_go_side_by_side_where_it_allows_that(serve):
    server = serve(files={"sleeper.py": SLEEPER}, tasks={"SLEEPER": {"concurrency": "allow"}})
    both = [server.submit("SLEEPER"), server.submit("SLEEPER")]

    for run in both:
        server.wait_for_event(run.id, is_ready)

    assert {server.service.run(run.id).status for run in both} == {RunStatus.RUNNING}


def test_a_run_waits_for_its_share_of_the_machine_and_says_so(serve):
    share = {"requiredResources": {"memory": 600}}
    server = serve(
        files={"one.py": SLEEPER, "two.py": "print('hello')"},
        tasks={"ONE": share, "TWO": share},
        environment={"TASKDECK_CAPACITY_MEMORY": "1000"},
    )
    first = server.submit("ONE")
    server.wait_for_event(first.id, is_ready)
    second = server.submit("TWO")

    waits = server.service.waiting(second)
    assert (waits.kind, waits.text) == (WaitingKind.RESOURCES, "Needs 600 MB of memory (400 MB free).")
    server.service.cancel(first.id, by="Ada")
    assert server.wait(second.id).status is RunStatus.SUCCEEDED


def test_a_run_that_needs_more_than_the_machine_has_fails_and_says_what(serve):
    server = serve(
        files={"huge.py": "print('hello')"},
        tasks={"HUGE": {"requiredResources": {"memory": 2000}, "retries": AT_ONCE}},
        environment={"TASKDECK_CAPACITY_MEMORY": "1000"},
    )

    run = server.run("HUGE")

    assert (run.status, run.attempt) == (RunStatus.FAILED, 1)
    assert "2000 MB of memory (1000 MB in all)" in run.reason


def test_parameters_set_the_share_of_a_run(serve):
    parameters = {"REQUIRED_MEMORY": {"type": "integer", "allowOverride": True}}
    server = serve(
        files={"small.py": "print('hello')"},
        tasks={"SMALL": {"supportedParameters": parameters, "requiredResources": {"memory": 2000}}},
        environment={"TASKDECK_CAPACITY_MEMORY": "1000"},
    )

    assert server.run("SMALL", REQUIRED_MEMORY=500).status is RunStatus.SUCCEEDED
    with pytest.raises(InvalidParameters, match="REQUIRED_MEMORY"):
        server.submit("SMALL", REQUIRED_MEMORY=-1)
