"""Tasks that say more than anybody can read: nothing is lost, and there is a bound."""

from __future__ import annotations

from typing import Any

import psutil
import pytest

SDK_FLOOD = "from taskdeck import sdk\nfor number in range({count}):\n    sdk.log(f'line {{number}}')\n"


def test_no_message_of_a_flood_is_lost(runners: Any) -> None:
    events = runners.script(SDK_FLOOD.format(count=30_000)).finish()

    said = [event["text"] for event in events if event["type"] == "message"]
    assert said == [f"line {number}" for number in range(30_000)]


def test_nothing_printed_in_a_flood_is_lost(runners: Any) -> None:
    events = runners.script("for number in range(200_000):\n    print('line', number)\n").finish()

    printed = "".join(event["text"] for event in events if event["type"] == "stream")
    assert printed.splitlines() == [f"line {number}" for number in range(200_000)]


@pytest.mark.parametrize(
    "code",
    ["while True:\n    print('x' * 1000)\n", "from taskdeck import sdk\nwhile True:\n    sdk.log('x' * 1000)\n"],
    ids=["prints", "messages"],
)
def test_a_run_that_says_more_than_it_may_is_ended_with_everything_it_started(runners: Any, code: str) -> None:
    child = "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    running = runners.script(child + code, max_log_bytes=2 * 1024 * 1024)

    events = running.finish()

    assert events[-1]["status"] == "failed"
    assert "larger than 2 MB" in events[-1]["reason"]
    assert "TASKDECK_MAX_RUN_LOG_BYTES" in events[-1]["reason"]
    assert 1.9 * 1024 * 1024 < (running.directory / "journal.jsonl").stat().st_size < 2 * 1024 * 1024 + 10_000
    started = [each for each in psutil.process_iter(["cwd"]) if each.info["cwd"] == str(runners.tasks)]
    assert [each.pid for each in started if each.status() != psutil.STATUS_ZOMBIE] == []


def test_a_notebook_that_says_more_than_it_may_is_ended_too(runners: Any) -> None:
    running = runners.notebook("while True:\n    print('x' * 1000)", max_log_bytes=2 * 1024 * 1024)

    events = running.finish()

    assert events[-1]["status"] == "failed"
    assert "larger than 2 MB" in events[-1]["reason"]


def test_a_notebook_that_prints_faster_than_it_is_read_waits_and_loses_no_line(runners: Any) -> None:
    running = runners.notebook("for number in range(30):\n    print('line', number, 'x' * 3_000_000)", "print('after')")

    events = running.finish()

    outputs = [event["output"] for event in events if event["type"] == "cell_output"]
    printed = "".join(output["text"] for output in outputs if output["output_type"] == "stream")
    assert [line.split()[1] for line in printed.splitlines()[:-1]] == [str(number) for number in range(30)]
    assert len(printed) > 90_000_000
    assert printed.splitlines()[-1] == "after"
