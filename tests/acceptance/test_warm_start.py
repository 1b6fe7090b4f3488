"""Runs of a server that keeps runners warm."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import psutil
from servers import copy_of_sample, serving


def test_a_run_takes_over_a_runner_that_waits_and_outlives_the_worker_that_kept_it(tmp_path: Path) -> None:
    project = copy_of_sample(tmp_path / "project")
    (project / "data_tasks" / "wait.py").write_text(
        "import time, pathlib\nfrom taskdeck import sdk\nsdk.log('on')\n"
        "while not pathlib.Path('go_on').exists(): time.sleep(0.01)\n"
    )
    config = project / "config" / "data_tasks.json"
    tasks = json.loads(config.read_text())
    tasks["dataTasks"].append({"id": "WAIT", "name": "Wait", "pythonFile": "wait.py"})
    config.write_text(json.dumps(tasks))

    with serving(project, TASKDECK_POOL_SIZE="1") as server:
        parked: dict[str, int] = {}
        worker = 0
        deadline = time.monotonic() + 60
        while len(parked) < 2:
            assert time.monotonic() < deadline, "nothing was parked"
            for process in server.get("/api/workers")["workers"]:
                worker = process["pid"]
                found = [each for pool in process["pools"] for each in pool["parked"] if each["state"] == "parked"]
                parked = {each["kind"]: each["pid"] for each in found}
            time.sleep(0.1)

        run = server.submit("WAIT")
        while not any(event["type"] == "message" for event in server.events(run)):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        runner = psutil.Process(parked["script"])
        waiting = psutil.Process(parked["notebook"])
        psutil.Process(worker).send_signal(signal.SIGKILL)
        waiting.wait(30)
        assert runner.is_running()
        (project / "data_tasks" / "go_on").touch()

        ended = server.wait(run)
        assert ended["status"] == "succeeded"
        assert [event["seq"] for event in server.events(run)] == list(range(1, len(server.events(run)) + 1))
        facts = [event["facts"] for event in server.events(run) if event["type"] == "facts"]
        assert facts[0]["runner_pid"] == parked["script"]
