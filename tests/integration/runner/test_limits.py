"""Time-outs, resources and accounting, with real kernels and scripts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from taskdeck.runner import cgroups

SLEEP = "import time\nprint('ready', flush=True)\ntime.sleep(600)\n"
# A megabyte at a time: whoever looks at it finds it growing.
HOG = "import time\nkept = []\nfor _ in range(3000):\n    kept.append(bytearray(2**20))\n    time.sleep(0.002)\n"
BURN = "import time\nend = time.process_time() + 0.5\nwhile time.process_time() < end:\n    pass\n"
# Processor time is counted in ticks of 10 ms, at both ends of what is measured.
TICKS = 0.05
EXCESS = "used more than the 150 MB its task declares in requiredResources.memory"


def outcome(events: list[dict[str, Any]]) -> tuple[str, str]:
    return events[-1]["status"], events[-1]["reason"]


def remarks(events: list[dict[str, Any]]) -> list[str]:
    return [event["text"] for event in events if event["type"] == "message" and event["source"] == "taskdeck"]


def facts(events: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for event in events:
        if event["type"] == "facts":
            found |= event["facts"]
    return found


@pytest.fixture
def cgroup() -> None:
    groups = cgroups.create("taskdeck-probe-1", memory_bytes=2**30, cpu=0)
    holds = any(group.holds_memory for group in groups)
    for group in groups:
        group.remove()
    if not holds:
        pytest.skip("this machine does not let us make cgroups")


class TestTimeOut:
    def test_a_script_is_warned_interrupted_and_timed_out_and_cleans_up(self, runners: Any) -> None:
        code = (
            "import time\ntry:\n    print('ready', flush=True)\n    time.sleep(600)\n"
            "finally:\n    print('put away', flush=True)\n"
        )
        events = runners.script(code, timeout_seconds=1.5, timeout_warning_seconds=1.0).finish()

        assert outcome(events) == ("timed_out", "The run took longer than its time-out of 1.5 s.")
        assert remarks(events) == [
            "The run has 1 s left: its time-out is 1.5 s.",
            "The time-out of 1.5 s is over: interrupting",
        ]
        assert "put away" in "".join(event["text"] for event in events if event["type"] == "stream")

    def test_what_does_not_listen_is_killed_stage_by_stage(self, runners: Any) -> None:
        code = (
            "import signal, time\nfor number in (signal.SIGINT, signal.SIGTERM):\n"
            "    signal.signal(number, signal.SIG_IGN)\ntime.sleep(600)\n"
        )
        events = runners.script(
            code, timeout_seconds=1.0, timeout_warning_seconds=0, cancel_timeout_seconds=0.4
        ).finish()

        assert outcome(events)[0] == "timed_out"
        assert remarks(events) == [
            "The time-out of 1 s is over: interrupting",
            "Still running: asking it to end (TERM)",
            "Killed",
        ]

    def test_a_notebook_is_timed_out_and_saved(self, runners: Any) -> None:
        running = runners.notebook("print('one')", "import time; time.sleep(600)", timeout_seconds=12.0)
        events = running.finish()

        assert outcome(events) == ("timed_out", "The run took longer than its time-out of 12 s.")
        assert running.notebook.cells[0].outputs[0].text == "one\n"
        assert [event["status"] for event in events if event["type"] == "cell_finished"][-1:] in (["cancelled"], ["ok"])

    def test_a_run_that_ends_in_time_is_neither_warned_nor_ended(self, runners: Any) -> None:
        events = runners.script("print('done')", timeout_seconds=60.0).finish()

        assert (outcome(events), remarks(events)) == (("succeeded", ""), [])


class TestMemory:
    def test_a_script_in_a_cgroup_that_takes_more_than_it_declares_ends_with_that_reason(
        self, runners: Any, cgroup: None
    ) -> None:
        events = runners.script(HOG, memory_mb=150, cancel_timeout_seconds=1.0).finish()

        status, reason = outcome(events)
        assert status == "failed"
        assert "ut of memory" in reason
        assert EXCESS in reason

    def test_a_kernel_in_a_cgroup_that_takes_more_than_it_declares_ends_with_that_reason(
        self, runners: Any, cgroup: None
    ) -> None:
        running = runners.notebook("print('one')", HOG, memory_mb=150, cancel_timeout_seconds=1.0)
        events = running.finish()

        status, reason = outcome(events)
        assert status == "failed"
        assert "ut of memory" in reason
        assert EXCESS in reason
        assert running.notebook.cells[0].outputs[0].text == "one\n"

    def test_without_cgroups_the_runner_itself_ends_it(self, runners: Any) -> None:
        events = runners.script(HOG, memory_mb=150, cgroup="none", cancel_timeout_seconds=1.0).finish()

        assert outcome(events) == ("failed", f"Out of memory: the run {EXCESS}.")
        assert "It takes too much memory: interrupting" in remarks(events)

    def test_what_children_take_counts_as_well(self, runners: Any) -> None:
        code = (
            "import subprocess, sys\n"
            "child = [sys.executable, '-c', 'import time; kept = bytearray(90 * 2**20); time.sleep(600)']\n"
            "for each in [subprocess.Popen(child) for _ in range(2)]:\n    each.wait()\n"
        )
        events = runners.script(code, memory_mb=150, cgroup="none", cancel_timeout_seconds=1.0).finish()

        assert outcome(events) == ("failed", f"Out of memory: the run {EXCESS}.")

    def test_one_allocation_too_large_is_named_as_what_it_is(self, runners: Any) -> None:
        events = runners.script("kept = bytearray(4 * 2**30)\n", memory_mb=150, cgroup="none").finish()

        assert outcome(events) == ("failed", f"MemoryError (out of memory: the run {EXCESS})")

    def test_a_run_that_keeps_to_its_share_succeeds_and_leaves_no_cgroup(self, runners: Any, cgroup: None) -> None:
        running = runners.script("kept = bytearray(20 * 2**20)\n", memory_mb=500, cpu=500)
        events = running.finish()

        assert outcome(events) == ("succeeded", "")
        assert list(Path("/sys/fs/cgroup").rglob(f"taskdeck-*-{running.process.pid}")) == []


def test_a_run_whose_disk_space_is_not_there_does_not_begin_and_says_so(runners: Any) -> None:
    status, reason = outcome(runners.script("print('never')", disk_gb=10_000_000.0).finish())

    assert status == "failed"
    assert reason.startswith("The run needs 1e+07 GB of disk space, and ")


class TestAccounting:
    def test_a_run_tells_its_time_and_the_processor_and_memory_of_all_its_processes(self, runners: Any) -> None:
        child = BURN + "kept = bytearray(60 * 2**20); time.sleep(0.6)"
        code = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {child!r}])\n" + BURN
        told = facts(runners.script(code).finish())

        assert 1.0 - TICKS <= told["cpu_seconds"] < 10
        assert told["wall_seconds"] >= 1.6
        assert told["peak_memory_bytes"] > 60 * 2**20

    def test_each_cell_tells_what_it_took_also_in_the_notebook(self, runners: Any) -> None:
        running = runners.notebook("1", BURN, "kept = bytearray(80 * 2**20); import time; time.sleep(0.6)")
        cells = [event for event in running.finish() if event["type"] == "cell_finished"]

        assert cells[0]["cpu_seconds"] < 0.4
        assert cells[1]["cpu_seconds"] >= 0.5 - TICKS
        assert cells[2]["peak_memory_bytes"] > cells[0]["peak_memory_bytes"] + 60 * 2**20
        assert running.notebook.cells[1].metadata.taskdeck == {
            "cpu_seconds": cells[1]["cpu_seconds"],
            "peak_memory_bytes": cells[1]["peak_memory_bytes"],
        }
