"""What task processes say, as it arrives at a runner."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections import Counter

import pytest

from .conftest import Runner, Tasks

QUIET = ("", "")


def test_messages_arrive_in_order_and_nothing_is_printed(run_tasks: Tasks, runner: Runner) -> None:
    result = run_tasks.run(
        """
from taskdeck import sdk
sdk.log("first")
sdk.error("zweite: é €")
print("printed")
sdk.log("x" * 300_000)
sdk.log("half \\ud800 a pair")
print(sdk.run_id, sdk.is_interactive)
"""
    )
    runner.wait_for_end()

    assert (result.code, result.out, result.err) == (0, "printed\n12 False\n", "")
    assert runner.texts[:2] == ["first", "zweite: é €"]
    assert runner.texts[2].endswith("… (the first 160,000 of 300,000 characters)")
    assert runner.texts[3] == "half ? a pair"
    assert [event["level"] for event in runner.events] == ["info", "error", "info", "info"]
    assert len(runner.conversations) == 1


def test_a_message_arrives_while_the_task_goes_on(run_tasks: Tasks, runner: Runner) -> None:
    process = run_tasks.start("from taskdeck import sdk\nsdk.log('now')\nimport time; time.sleep(60)")
    try:
        runner.wait_until(lambda: runner.texts == ["now"])
        assert process.poll() is None
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("end", ["os._exit(1)", "os.kill(os.getpid(), signal.SIGKILL)", "sys.exit(1)", "1 / 0"])
def test_no_message_is_lost_by_a_sudden_end(end: str, run_tasks: Tasks, runner: Runner) -> None:
    result = run_tasks.run(
        f"""
import os, signal, sys
from taskdeck import sdk
for number in range(2000):
    sdk.log(number)
{end}
"""
    )
    runner.wait_for_end()

    assert result.code != 0
    assert runner.texts == [str(number) for number in range(2000)]


def test_threads_share_one_connection_and_no_line_is_torn(run_tasks: Tasks, runner: Runner) -> None:
    result = run_tasks.run(
        """
from concurrent.futures import ThreadPoolExecutor
from taskdeck import sdk

def work(name):
    for number in range(1000):
        sdk.log(f"{name} {number} " + "x" * (number % 97))

with ThreadPoolExecutor(8) as pool:
    list(pool.map(work, "abcdefgh"))
"""
    )
    runner.wait_for_end()

    assert (result.code, result.out, result.err) == (0, *QUIET)
    assert len(runner.conversations) == 1
    for name in "abcdefgh":
        mine = [text for text in runner.texts if text.startswith(name)]
        assert mine == [f"{name} {number} " + "x" * (number % 97) for number in range(1000)]


def test_coroutines(run_tasks: Tasks, runner: Runner) -> None:
    result = run_tasks.run(
        """
import asyncio
from taskdeck import sdk

async def work(name):
    for number in range(3):
        sdk.log(f"{name}{number}")
        await asyncio.sleep(0)

async def main():
    await asyncio.gather(work("a"), work("b"), asyncio.to_thread(sdk.log, "thread"))

asyncio.run(main())
"""
    )
    runner.wait_for_end()

    assert (result.code, result.out, result.err) == (0, *QUIET)
    assert Counter(runner.texts) == Counter(["a0", "a1", "a2", "b0", "b1", "b2", "thread"])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_speaks_on_a_connection_of_its_own_and_leaves_its_parents(run_tasks: Tasks, runner: Runner) -> None:
    process = run_tasks.start(
        """
import os, time
from taskdeck import sdk
sdk.log("parent before")
if os.fork() == 0:
    sdk.log("child")
    sdk.log(os.getpid())
    time.sleep(60)
    os._exit(0)
sdk.log("parent after")
"""
    )
    try:
        runner.wait_until(lambda: len(runner.conversations) == 2 and len(runner.events) == 4)
        by_first_text = {conversation.events[0]["text"]: conversation for conversation in runner.conversations}
        # The child lives on; had it kept the parent's connection open, that would not be over.
        runner.wait_until(lambda: by_first_text["parent before"].is_over)
        assert not by_first_text["child"].is_over
        assert [event["text"] for event in by_first_text["parent before"].events] == ["parent before", "parent after"]
    finally:
        for text in runner.texts:
            if text.isdigit():
                os.kill(int(text), signal.SIGKILL)
        process.kill()
        process.communicate()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_while_other_threads_speak_never_blocks(run_tasks: Tasks, runner: Runner) -> None:
    result = run_tasks.run(
        """
import os, threading, warnings
warnings.simplefilter("ignore", DeprecationWarning)  # of forking beside threads, which is what this is about
from taskdeck import sdk

stop = threading.Event()
def chatter():
    while not stop.is_set():
        sdk.log("chatter")
threads = [threading.Thread(target=chatter) for _ in range(3)]
for thread in threads: thread.start()
for number in range(20):
    pid = os.fork()
    if pid == 0:
        sdk.log(f"child {number}")
        os._exit(0)
    os.waitpid(pid, 0)
stop.set()
for thread in threads: thread.join()
"""
    )
    runner.wait_for_end()

    assert result.code == 0, result.err
    assert {text for text in runner.texts if text != "chatter"} == {f"child {number}" for number in range(20)}


@pytest.mark.parametrize("method", ["spawn", *(["fork"] if sys.platform == "linux" else [])])
def test_a_pool_of_processes(method: str, run_tasks: Tasks, runner: Runner) -> None:
    result = run_tasks.run(
        f"""
import multiprocessing
from taskdeck import sdk

def work(number):
    sdk.log(f"item {{number}}")
    for _ in sdk.progress(range(3)):
        pass
    return number

if __name__ == "__main__":
    sdk.log("begin")
    for _ in sdk.progress(range(3)):
        pass
    with multiprocessing.get_context("{method}").Pool(2) as pool:
        pool.map(work, range(4), chunksize=1)
        pool.close()
        pool.join()
"""
    )
    runner.wait_for_end()

    assert result.code == 0, result.err
    texts = [event["text"] for event in runner.events if event["kind"] == "message"]
    assert Counter(texts) == Counter(["begin", "item 0", "item 1", "item 2", "item 3"])
    bars = {event["id"] for event in runner.events if event["kind"] == "progress"}
    assert "main" in bars
    assert all("PoolWorker" in bar for bar in bars - {"main"})
    assert bars - {"main"}


def test_a_subprocess_that_the_task_starts(run_tasks: Tasks, runner: Runner) -> None:
    result = run_tasks.run(
        """
import subprocess, sys
from taskdeck import sdk
sdk.log("before")
subprocess.run([sys.executable, "-c", "from taskdeck import sdk; sdk.log('inside')"], check=True)
sdk.log("after")
"""
    )
    runner.wait_for_end()

    assert (result.code, result.out, result.err) == (0, *QUIET)
    assert sorted(runner.texts) == ["after", "before", "inside"]


@pytest.mark.skipif(os.name == "nt", reason="needs interval timers")
def test_a_signal_handler_that_logs_in_the_middle_of_a_message_neither_blocks_nor_tears_it(
    run_tasks: Tasks, runner: Runner
) -> None:
    result = run_tasks.run(
        """
import signal
from taskdeck import sdk

interruptions = 0
def handle(signum, frame):
    global interruptions
    interruptions += 1
    sdk.log("handler")
    signal.setitimer(signal.ITIMER_REAL, 0.0005)

signal.signal(signal.SIGALRM, handle)
signal.setitimer(signal.ITIMER_REAL, 0.0005)
for number in range(20_000):
    sdk.log(number)
    sdk.progress(number, bar="loop")
signal.signal(signal.SIGALRM, signal.SIG_IGN)
print(interruptions)
"""
    )
    runner.wait_for_end()

    assert result.code == 0, result.err
    texts = [event["text"] for event in runner.events if event["kind"] == "message"]
    assert [text for text in texts if text != "handler"] == [str(number) for number in range(20_000)]
    assert texts.count("handler") == int(result.out) > 0


@pytest.mark.skipif(os.name == "nt", reason="needs interval timers")
def test_an_interrupt_in_the_middle_of_a_message_loses_nothing_else(run_tasks: Tasks, runner: Runner) -> None:
    result = run_tasks.run(
        """
import signal
from taskdeck import sdk

said = 0
def interrupt(signum, frame):
    raise KeyboardInterrupt
signal.signal(signal.SIGALRM, interrupt)
for _ in range(100):
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.005)
        while True:
            sdk.log("x" * 20_000)
            said += 1
    except KeyboardInterrupt:
        pass
sdk.log("last")
print(said)
"""
    )
    runner.wait_for_end()

    assert result.code == 0, result.err
    assert runner.conversations[-1].events[-1]["text"] == "last"
    assert {len(text) for text in runner.texts if text != "last"} == {20_000}
    # An interrupted message may have been on its way already.
    assert int(result.out) <= len(runner.events) - 1 <= int(result.out) + 100


def test_when_the_runner_is_gone_messages_are_printed_and_the_task_goes_on(tasks: Tasks) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"127.0.0.1:{listening.getsockname()[1]}"
        process = tasks.start(
            """
import sys
from taskdeck import sdk
sdk.log("heard")
while True:
    try:
        open("gone")
        break
    except FileNotFoundError:
        pass
for number in range(3):
    sdk.log(f"unheard {number}")
sdk.error("unheard error")
from services.dte_tools.data_task_tools import log_message
log_message("from DUFT")
""",
            TASKDECK_CHANNEL=address,
            TASKDECK_CHANNEL_TOKEN="t",
        )
        connection, _ = listening.accept()
        with connection, connection.makefile("rb") as lines:
            assert b"heard" in [lines.readline(), lines.readline()][1]
            # Closing with something unread resets the connection, as the death of a busy runner does.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    (tasks.directory / "gone").touch()
    out, err = process.communicate(timeout=60)

    assert process.returncode == 0
    lines_out = out.splitlines()
    assert lines_out[:3] == ["unheard 0", "unheard 1", "unheard 2"]
    assert lines_out[-1] == "Data task >>>: from DUFT"
    assert err.count("the connection to the run's server is lost") == 1
    assert err.endswith("unheard error\n")


def test_a_runner_that_was_never_there(tasks: Tasks) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"127.0.0.1:{listening.getsockname()[1]}"
    result = tasks.run("from taskdeck import sdk\nsdk.log('a')\nsdk.log('b')", TASKDECK_CHANNEL=address)

    assert (result.code, result.out) == (0, "a\nb\n")


def test_a_process_with_a_wrong_token_is_not_heard(run_tasks: Tasks, runner: Runner) -> None:
    result = run_tasks.run("from taskdeck import sdk\nsdk.log('a')", TASKDECK_CHANNEL_TOKEN="wrong")

    assert result.code == 0
    assert runner.events == []
    assert runner.refused == 1


def test_connections_come_from_the_runner(run_tasks: Tasks, runner: Runner) -> None:
    runner.connections = {"ANA": {"type": "sqlite3", "port": "5432"}, "LAB": {}}
    result = run_tasks.run(
        """
from services.dte_tools.data_task_tools import get_resolved_parameters_for_connection
from taskdeck import sdk
print(get_resolved_parameters_for_connection("ANA"), get_resolved_parameters_for_connection("EMPS"))
print(dict(sdk.connection("LAB")))
try:
    sdk.connection("EMPS")
except LookupError as error:
    print(error)
"""
    )

    assert result.err == ""
    assert result.out.splitlines() == [
        "{'type': 'sqlite3', 'port': '5432'} {}",
        "{}",
        "There is no connection 'EMPS'. Declared connections: ANA, LAB.",
    ]
    assert [question["id"] for question in runner.questions] == ["ANA", "EMPS", "LAB", "EMPS"]
    assert runner.events == []


def test_a_question_that_is_not_answered_falls_back_to_the_projects_files(run_tasks: Tasks, runner: Runner) -> None:
    runner.answers = False
    config = run_tasks.directory / "config"
    config.mkdir()
    (config / "data_connections.json").write_text('{"dataConnections": [{"id": "ANA"}]}', encoding="utf-8")
    (config / "config.json").write_text('{"dataConnectionParameters": {"ANA": {"a": 1}}}', encoding="utf-8")

    result = run_tasks.run("from taskdeck import sdk\nprint(dict(sdk.connection('ANA')))")
    runner.wait_for_end()

    assert (result.code, result.out) == (0, "{'a': 1}\n")
    assert [event["level"] for event in runner.events] == ["warning"]
    assert "did not answer; reading connection 'ANA' from the project's files" in runner.texts[0]


def test_the_last_progress_of_a_script_is_sent_at_its_end(run_tasks: Tasks, runner: Runner) -> None:
    result = run_tasks.run("from taskdeck import sdk\nfor n in range(1000): sdk.progress(n)")
    runner.wait_for_end()

    assert (result.code, result.out, result.err) == (0, *QUIET)
    assert [runner.events[0]["current"], runner.events[-1]["current"]] == [0, 999]
    assert len(runner.events) < 50


def test_outputs_are_files_of_the_run_before_they_are_announced(run_tasks: Tasks, runner: Runner) -> None:
    run_directory = run_tasks.directory / "run"
    run_directory.mkdir()
    result = run_tasks.run(
        """
import pandas
from taskdeck import sdk
sdk.output("table", pandas.DataFrame({"a": [1, 2]}))
sdk.output("../../../report", __file__)
sdk.output("value", {"n": 1})
""",
        TASKDECK_RUN_DIR=str(run_directory),
    )
    runner.wait_for_end()

    assert (result.code, result.out, result.err) == (0, *QUIET)
    assert [event["output_kind"] for event in runner.events] == ["table", "file", "value"]
    kept = {path.name for path in (run_directory / "outputs").iterdir()}
    assert kept == {"table.csv", runner.events[1]["file"]}


def test_fifty_thousand_messages_a_second_do_not_wait_for_each_other(run_tasks: Tasks, runner: Runner) -> None:
    """Not a benchmark: a generous bound that a round trip or a new connection for each message would break."""
    started = time.monotonic()
    run_tasks.run("from taskdeck import sdk\nfor number in range(20_000): sdk.log(number)")
    runner.wait_for_end()

    assert runner.texts == [str(number) for number in range(20_000)]
    assert time.monotonic() - started < 20
