import base64
import json
import os
import signal
import threading
import time
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest
from factories import make_notebook
from sqlalchemy import update

from taskdeck.execution import launcher, recorder
from taskdeck.execution.service import AlreadyEnded
from taskdeck.model.run import Outcome, RunStatus, Trigger
from taskdeck.store import runs, tables

SLEEPER = "import time\nprint('ready', flush=True)\ntime.sleep(600)\n"


def is_running(pid):
    """A zombie that its new parent has not reaped yet runs no more."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def is_ready(event):
    return event["type"] == "stream" and "ready" in event["text"]


def test_a_script_runs_and_its_events_are_gapless_and_end_with_the_status(serve):
    server = serve(files={"hello.py": "from taskdeck import sdk\nsdk.log('one')\nsdk.log('two')\nprint('three')\n"})

    run = server.run("HELLO")

    events = server.events(run.id)
    assert run.status is RunStatus.SUCCEEDED
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert server.messages(run.id) == ["one", "two"]
    assert events[-1]["type"] == "status"
    assert events[-1]["status"] == "succeeded"
    assert server.service.events(run.id, 0, 1000).ended


def test_a_notebook_gets_its_parameters_and_tells_the_failing_cell(serve):
    notebook = make_notebook("# parameters\nyear = 2000", "print(year)", "raise ValueError(f'no data for {year}')")
    parameters = {"year": {"type": "integer", "defaultValue": 2000, "allowOverride": True}}
    server = serve(files={"report.ipynb": notebook}, tasks={"REPORT": {"supportedParameters": parameters}})

    run = server.run("REPORT", year=2024)

    assert run.status is RunStatus.FAILED
    assert "ValueError: no data for 2024" in run.reason
    assert run.reason.startswith("Cell ")
    assert run.parameters == {"year": 2024}
    assert (server.service.run_directory(run.id) / "output.ipynb").exists()


def test_the_failing_cell_its_error_and_the_cells_before_are_in_the_events_and_in_the_notebook(serve):
    notebook = make_notebook(
        "first = 1", "second = 2", "third = 3", "def fails():\n    return 1 / 0\nfails()", "last = 5"
    )
    server = serve(files={"report.ipynb": notebook})

    run = server.run("REPORT")

    events = server.events(run.id)
    (failed,) = [each for each in events if each["type"] == "cell_finished" and each["status"] == "error"]
    (cells,) = [each["cells"] for each in events if each["type"] == "notebook"]
    before = [cell["source"] for cell in cells[failed["index"] - 3 : failed["index"]]]
    assert before == ["first = 1", "second = 2", "third = 3"]
    (error,) = [each["output"] for each in events if each["type"] == "cell_output" and each["index"] == failed["index"]]
    assert (error["output_type"], error["ename"], error["evalue"]) == ("error", "ZeroDivisionError", "division by zero")
    assert any("fails()" in line for line in error["traceback"])
    executed = json.loads((server.service.run_directory(run.id) / "output.ipynb").read_bytes())["cells"][
        failed["index"]
    ]
    assert executed["metadata"]["papermill"]["status"] == "failed"
    assert executed["outputs"][-1]["traceback"] == error["traceback"]


def test_runs_of_one_task_follow_one_another_in_order_while_others_run(serve):
    server = serve(files={"slow.py": "import time\ntime.sleep(0.3)\n", "other.py": "print('other')\n"}, worker=False)
    slow = [server.submit("SLOW") for _ in range(3)]
    other = server.submit("OTHER")
    assert server.service.waiting(slow[1]).run_id == slow[0].id

    with server.worker():
        ended = [server.wait(run.id) for run in slow]
        other = server.wait(other.id)

    assert all(run.status is RunStatus.SUCCEEDED for run in ended)
    assert ended[0].finished_at <= ended[1].started_at
    assert ended[1].finished_at <= ended[2].started_at
    assert other.started_at < ended[1].started_at


def test_no_more_runs_are_started_than_the_limit_allows(serve):
    files = {f"sleep{number}.py": SLEEPER for number in range(3)}
    server = serve(files=files, environment={"TASKDECK_MAX_PARALLEL_RUNS": "2"})

    submitted = [server.submit(f"SLEEP{number}") for number in range(3)]
    server.wait_for_event(submitted[1].id, is_ready)

    assert server.service.run(submitted[2].id).status is RunStatus.QUEUED
    server.service.cancel(submitted[0].id, by="test")
    server.wait(submitted[2].id, lambda run: run.status is RunStatus.RUNNING)


def test_a_running_run_is_cancelled_with_everything_it_started(serve, tmp_path):
    pid_file = tmp_path / "pid"
    script = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', 'import signal, time; signal.signal(signal.SIGTERM, "
        "signal.SIG_IGN); signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(600)'])\n"
        f"open({str(pid_file)!r}, 'w').write(str(child.pid))\n" + SLEEPER
    )
    server = serve(files={"deep.py": script}, tasks={"DEEP": {"cancelTimeout": 2}})
    run = server.submit("DEEP")
    server.wait_for_event(run.id, is_ready)

    server.service.cancel(run.id, by="Ada")
    ended = server.wait(run.id)

    assert ended.status is RunStatus.CANCELLED
    assert any("Ada" in text for text in server.messages(run.id))
    assert not is_running(int(pid_file.read_text()))


def test_a_queued_run_is_cancelled_at_once_and_its_only_event_says_so(serve):
    server = serve(files={"hello.py": "print('hello')"}, worker=False)
    run = server.submit("HELLO")

    ended = server.service.cancel(run.id, by="Ada")

    assert ended.status is RunStatus.CANCELLED
    page = server.service.events(run.id, 0, 10)
    assert [(event["seq"], event["type"], event["status"]) for event in page.events] == [(1, "status", "cancelled")]
    assert page.ended
    with pytest.raises(AlreadyEnded):
        server.service.cancel(run.id, by="Ada")


def test_a_killed_runner_leaves_a_lost_run_not_a_running_one(serve):
    server = serve(files={"sleeper.py": SLEEPER})
    run = server.submit("SLEEPER")
    server.wait_for_event(run.id, is_ready)

    os.kill(server.service.run(run.id).runner_pid, signal.SIGKILL)
    ended = server.wait(run.id)

    assert ended.status is RunStatus.LOST
    assert "SIGKILL" in ended.reason
    assert server.events(run.id)[-1]["status"] == "lost"


def test_a_run_outlives_its_worker_and_the_next_one_records_the_rest(serve, tmp_path):
    go_on = tmp_path / "go-on"
    script = (
        "import os, time\nfrom taskdeck import sdk\nsdk.log('before')\n"
        f"while not os.path.exists({str(go_on)!r}):\n    time.sleep(0.01)\n"
        "sdk.log('after')\n"
    )
    server = serve(files={"patient.py": script}, worker=False)
    with server.worker():
        run = server.submit("PATIENT")
        server.wait_for_event(run.id, lambda event: event.get("text") == "before")

    go_on.touch()
    with server.worker():
        ended = server.wait(run.id)

    assert ended.status is RunStatus.SUCCEEDED
    assert server.messages(run.id) == ["before", "after"]


def test_a_run_whose_worker_died_while_starting_it_is_found_by_what_its_runner_wrote(serve, tmp_path):
    go_on = tmp_path / "go-on"
    script = f"import os, time\nwhile not os.path.exists({str(go_on)!r}):\n    time.sleep(0.01)\n"
    server = serve(files={"patient.py": script}, worker=False)
    with server.worker():
        run = server.submit("PATIENT")
        server.wait(run.id, lambda run: run.recorded_seq > 0)
    with server.application.database.write() as connection:
        connection.execute(update(tables.run).values(runner_pid=None, runner_created_at=None))

    with server.worker():
        go_on.touch()
        ended = server.wait(run.id)

    assert ended.status is RunStatus.SUCCEEDED


def test_a_run_directory_that_cannot_be_written_ends_the_run_with_that_reason(serve, monkeypatch):
    make_directory = launcher.make_directory

    def make_full_directory(directory, run):
        make_directory(directory, run)
        (directory / recorder.JOURNAL_NAME).symlink_to("/dev/full")

    monkeypatch.setattr(launcher, "make_directory", make_full_directory)
    server = serve(files={"hello.py": "print('hello')"})

    ended = server.run("HELLO")

    assert ended.status is RunStatus.FAILED
    assert "cannot be written" in ended.reason


def test_a_run_directory_that_cannot_be_made_ends_the_run_with_that_reason(serve):
    server = serve(files={"hello.py": "print('hello')"}, worker=False)
    server.application.settings.runs_directory.rmdir()
    server.application.settings.runs_directory.write_text("in the way")
    run = server.submit("HELLO")

    with server.worker():
        ended = server.wait(run.id)

    assert ended.status is RunStatus.FAILED
    assert "could not be started" in ended.reason


def test_what_another_stores_run_of_the_same_number_left_is_no_part_of_this_one(serve):
    server = serve(files={"fails.py": "raise SystemExit(3)"}, worker=False)
    left = server.service.run_directory(1)
    left.mkdir()
    status = {"seq": 1, "at": "2020-01-01T00:00:00.000Z", "attempt": 1, "type": "status"}
    (left / recorder.JOURNAL_NAME).write_text(json.dumps({**status, "status": "succeeded", "reason": ""}) + "\n")
    run = server.submit("FAILS")

    with server.worker():
        ended = server.wait(run.id)

    assert (ended.status, ended.reason) == (RunStatus.FAILED, "exit code 3")


def test_a_failure_between_claim_and_watch_does_not_leave_the_run_running(serve, monkeypatch):
    monkeypatch.setattr("taskdeck.execution.worker.HEARTBEAT_SECONDS", 0.2)
    failures = iter([OSError("database is locked")])
    set_runner = runs.set_runner

    def fail_once(*arguments, **options):
        for failure in failures:
            raise failure
        set_runner(*arguments, **options)

    monkeypatch.setattr(runs, "set_runner", fail_once)
    server = serve(files={"hello.py": "print('hello')"})

    assert server.run("HELLO").status is RunStatus.SUCCEEDED
    assert server.run("HELLO").status is RunStatus.SUCCEEDED


def test_a_journal_that_its_task_damaged_ends_that_run_and_no_other(serve):
    vandal = (
        "import os, time\nopen(os.environ['TASKDECK_RUN_DIR'] + '/journal.jsonl', 'a').write('1\\n')\ntime.sleep(600)\n"
    )
    server = serve(files={"vandal.py": vandal, "hello.py": "print('hello')"})

    ended = server.run("VANDAL")

    assert ended.status is RunStatus.FAILED
    assert "journal was damaged" in ended.reason
    assert server.run("HELLO").status is RunStatus.SUCCEEDED


def test_a_task_cannot_read_the_servers_token(serve, monkeypatch):
    monkeypatch.setenv("TASKDECK_TOKEN", "canary-token")
    script = (
        "import os\nprint(open(f'/proc/{os.getppid()}/environ', 'rb').read())\nprint(dict(os.environ))\n"
        if Path("/proc/self/environ").exists()
        else "import os\nprint(dict(os.environ))\n"
    )
    server = serve(files={"spy.py": script})

    run = server.run("SPY")

    assert "TASKDECK_RUN_ID" in repr(server.events(run.id))
    assert "canary-token" not in repr(server.events(run.id))


def test_a_run_that_ended_while_nobody_recorded_it_ended_when_it_ended(serve, tmp_path):
    server = serve(files={"hello.py": "from taskdeck import sdk\nsdk.log('begun')\n"}, worker=False)
    with server.worker():
        run = server.submit("HELLO")
        server.wait(run.id, lambda run: run.status is RunStatus.RUNNING)
    journal = server.service.run_directory(run.id) / recorder.JOURNAL_NAME
    deadline = time.monotonic() + 30
    while '"type":"status"' not in (journal.read_text() if journal.exists() else ""):
        assert time.monotonic() < deadline
        time.sleep(0.01)

    with server.worker():
        ended = server.wait(run.id)

    status = server.events(run.id)[-1]
    assert abs((ended.finished_at - datetime.fromisoformat(status["at"])).total_seconds()) < 0.01


def test_a_dedicated_worker_clears_what_stands_before_its_run(serve):
    server = serve(files={"hello.py": "print('hello')"}, worker=False)
    earlier, mine = server.submit("HELLO"), server.submit("HELLO")

    server.application.worker(dedicated_to=mine).run_until(threading.Event())

    assert server.service.run(earlier.id).status is RunStatus.SUCCEEDED
    assert server.service.run(mine.id).status is RunStatus.SUCCEEDED


def test_a_run_keeps_its_definition_when_the_task_is_removed_while_it_waits(serve):
    server = serve(files={"hello.py": "print('hello')"}, worker=False)
    run = server.submit("HELLO")
    (server.application.project.config_directory / "data_tasks.json").write_text('{"dataTasks": []}')
    deadline = time.monotonic() + 10
    while server.service.catalog().tasks and time.monotonic() < deadline:
        time.sleep(0.01)

    with server.worker():
        ended = server.wait(run.id)

    assert ended.status is RunStatus.SUCCEEDED


def test_a_hundred_thousand_messages_are_complete_and_in_order(serve):
    script = "from taskdeck import sdk\nfor number in range(100_000):\n    sdk.log(str(number))\n"
    server = serve(files={"flood.py": script})

    run = server.run("FLOOD")

    assert run.status is RunStatus.SUCCEEDED
    assert server.messages(run.id) == [str(number) for number in range(100_000)]
    seqs = [event["seq"] for event in server.events(run.id)]
    assert seqs == list(range(1, len(seqs) + 1))


def test_one_run_in_a_flood_does_not_hold_up_the_messages_of_another(serve):
    flood = "from taskdeck import sdk\nfor number in range(30_000):\n    sdk.log('x' * 200)\n"
    slow = "import time\nfrom taskdeck import sdk\nfor n in range(10):\n    sdk.log(str(n))\n    time.sleep(0.05)\n"
    server = serve(files={"flood.py": flood, "slow.py": slow})
    flooding, slow_run = server.submit("FLOOD"), server.submit("SLOW")

    server.wait(slow_run.id)
    server.wait(flooding.id)

    assert len(server.messages(slow_run.id)) == 10
    assert len(server.messages(flooding.id)) == 30_000


CANARY = 'pa"ss w/örd+42%'


def test_a_secret_is_found_nowhere_after_a_run_that_shouted_it(serve):
    cells = (
        "params = {}",
        "from taskdeck import sdk\nimport base64, urllib.parse\nsecret = sdk.connection('SOURCE')['password']",
        "sdk.log(secret); sdk.error(f'x{secret}y'); sdk.output('secret', secret)",
        "print(secret); print(repr(secret)); print(urllib.parse.quote(secret)); print(urllib.parse.quote_plus(secret))",
        "print(base64.b64encode(secret.encode()).decode())",
        "print(base64.b64encode(b'user:' + secret.encode()).decode())",
        "import sys; sys.stdout.write(secret[:5]); sys.stdout.flush(); sys.stdout.write(secret[5:] + '\\n')",
        "print(params); sdk.progress(1, 2, text=secret)",
        "import pandas as pd; sdk.output('table', pd.DataFrame({'password': [secret]}))",
        "{'secret': secret}",
        "raise ValueError(secret)",
    )
    server = serve(
        files={"shout.ipynb": make_notebook(*cells)},
        tasks={
            "SHOUT": {
                "dataConnections": ["SOURCE"],
                "supportedParameters": {"text": {"type": "string", "defaultValue": "", "allowOverride": True}},
            }
        },
        connections={"SOURCE": {"params": [{"name": "password", "type": "password", "label": "Password"}]}},
    )
    server.service.save_connection_values("SOURCE", {"password": CANARY})

    run = server.run("SHOUT", text=f"in a parameter: {CANARY}")

    assert run.status is RunStatus.FAILED
    assert "ValueError" in run.reason
    forms = {
        CANARY,
        CANARY.replace('"', '\\"'),
        quote(CANARY),
        quote(CANARY, safe=""),
        CANARY.replace(" ", "+"),
        base64.b64encode(CANARY.encode()).decode().rstrip("="),
        base64.b64encode(b"user:" + CANARY.encode()).decode()[8:-4],
    }
    everything = {
        str(path): path.read_bytes()
        for path in server.application.settings.state_directory.rglob("*")
        if path.is_file()
    }
    everything["events"] = repr(server.events(run.id)).encode()
    everything["log"] = "\n".join(server.service.log_lines(run.id)).encode()
    found = {(place, form) for place, data in everything.items() for form in forms if form.encode() in data}
    assert found == set()
    assert len(everything) > 5


def test_a_parameter_that_holds_a_secret_still_reaches_the_task_in_clear(serve, tmp_path):
    target = tmp_path / "seen"
    script = f"from taskdeck import sdk\nopen({str(target)!r}, 'w').write(sdk.params({{'text': ''}})['text'])\n"
    server = serve(
        files={"spy.py": script},
        tasks={"SPY": {"supportedParameters": {"text": {"type": "string", "allowOverride": True}}}},
        connections={"SOURCE": {"params": [{"name": "password", "type": "password", "label": "Password"}]}},
        values={"SOURCE": {"password": CANARY}},
    )

    run = server.run("SPY", text=f"<{CANARY}>")

    assert target.read_text() == f"<{CANARY}>"
    assert CANARY not in repr(run.parameters)


def test_the_same_idempotency_key_starts_one_run_even_when_requests_race(serve):
    server = serve(files={"hello.py": "print('hello')"}, worker=False)
    results = []

    def submit():
        results.append(server.service.submit("HELLO", {}, trigger=Trigger.API, idempotency_key="k"))

    threads = [threading.Thread(target=submit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {run.id for run, _ in results} == {1}
    assert [created for _, created in results].count(True) == 1


def test_two_workers_never_run_one_run_twice(serve, tmp_path):
    ledger = tmp_path / "ledger"
    files = {f"t{number}.py": f"open({str(ledger)!r}, 'a').write('{number}\\n')\n" for number in range(12)}
    server = serve(files=files, worker=False)
    submitted = [server.submit(f"T{number}") for number in range(12)]

    with server.worker(), server.worker():
        ended = [server.wait(run.id) for run in submitted]

    assert {run.status for run in ended} == {RunStatus.SUCCEEDED}
    assert sorted(Path(ledger).read_text().split()) == sorted(str(number) for number in range(12))


def test_ending_a_run_twice_keeps_the_first_outcome(serve):
    server = serve(files={"hello.py": "print('hello')"})
    run = server.run("HELLO")

    again = recorder.end(
        server.application.database,
        run,
        server.service.run_directory(run.id),
        Outcome(status=RunStatus.LOST, reason="late"),
    )

    assert again is False
    assert server.service.run(run.id).status is RunStatus.SUCCEEDED
