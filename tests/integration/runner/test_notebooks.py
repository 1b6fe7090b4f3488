"""Notebooks, run by real runners on real kernels."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest

Event = dict[str, Any]

REQUIRES_NOTHING = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def texts(events: list[Event], kind: str, **where: Any) -> list[str]:
    return [each["text"] for each in events if each["type"] == kind and all(each[key] == where[key] for key in where)]


def outcome(events: list[Event]) -> tuple[str, str]:
    return events[-1]["status"], events[-1]["reason"]


def outputs(events: list[Event], index: int) -> list[dict[str, Any]]:
    return [each["output"] for each in events if each["type"] == "cell_output" and each["index"] == index]


def printed(events: list[Event], index: int, name: str = "stdout") -> str:
    return "".join(each["text"] for each in outputs(events, index) if each.get("name") == name)


def replayed(events: list[Event]) -> dict[int, list[dict[str, Any]]]:
    """What a reader of the events ends up with: the rules of the dashboard, in a few lines."""
    cells: dict[int, list[dict[str, Any]]] = {}
    displays: dict[str, list[dict[str, Any]]] = {}
    for each in events:
        match each["type"]:
            case "cell_output":
                shown, output = cells.setdefault(each["index"], []), dict(each["output"])
                if shown and output["output_type"] == "stream" and shown[-1].get("name") == output["name"]:
                    shown[-1]["text"] += output["text"]
                else:
                    shown.append(output)
                if each["display_id"]:
                    displays.setdefault(each["display_id"], []).append(output)
            case "cell_output_updated":
                for output in displays.get(each["display_id"], []):
                    output.update(data=each["output"]["data"], metadata=each["output"]["metadata"])
            case "cell_cleared":
                cells[each["index"]] = []
    return cells


def assert_notebook_equals_events(running: Any, events: list[Event]) -> None:
    saved = {index: cell.outputs for index, cell in enumerate(running.notebook.cells) if cell.get("outputs")}
    assert saved == {index: shown for index, shown in replayed(events).items() if shown}


def test_cells_run_in_order_with_live_messages_and_an_executed_notebook(runners: Any) -> None:
    running = runners.notebook(
        "",
        "params = {}",
        "import time\nfor number in range(3):\n    say(f'loop {number}')\n    time.sleep(0.1)\nprint('done')",
        "",
        "params['year'] + 1",
        "import threading\nt = threading.Thread(target=lambda: [say('from a thread'), print('thread prints')])\n"
        "t.start(); t.join()",
        "import os, subprocess, sys\nos.system('echo from a child')\n"
        "subprocess.run(['echo', 'direct'], stdout=sys.stdout);",
        speaks=True,
        parameters={"year": 2024, "ok": True, "none": None},
        metadata=REQUIRES_NOTHING,
    )
    running.until_said("loop 0")
    assert not any(each["type"] == "cell_finished" and each["index"] == 2 for each in running.journal)
    events = running.finish()
    assert outcome(events) == ("succeeded", "")

    started = next(each for each in events if each["type"] == "notebook")
    assert started["cells"][1]["source"] == "params = {\n    'year': 2024,\n    'ok': True,\n    'none': None,\n}"
    assert started["cells"][1]["tags"] == ["injected-parameters"]
    kinds = [(each["type"], each.get("index")) for each in events if each["type"] in ("cell_started", "cell_finished")]
    ran = [0, 1, 2, 4, 5, 6]
    assert kinds == [(kind, index) for index in ran for kind in ("cell_started", "cell_finished")]

    said = [each for each in events if each["type"] == "message" or each.get("index") == 2]
    assert [each.get("text", each["type"]) for each in said] == [
        *("cell_started", "loop 0", "loop 1", "loop 2", "cell_output", "cell_finished"),
        "from a thread",
    ]
    assert outputs(events, 4)[0]["data"] == {"text/plain": "2025"}
    assert printed(events, 5) == "thread prints\n"
    assert printed(events, 6) == "from a child\ndirect\n"

    notebook = running.notebook
    assert_notebook_equals_events(running, events)
    papermill = notebook.metadata.papermill
    assert papermill.parameters == {"year": 2024, "ok": True, "none": None}
    assert papermill.exception is None
    assert papermill.duration > 0
    assert [cell.metadata.papermill.status for cell in notebook.cells] == ["completed"] * 7
    assert [cell.execution_count for cell in notebook.cells] == [1, 2, 3, None, 4, 5, 6]
    assert notebook.metadata.language_info.name == "python"
    assert set(notebook.cells[4].metadata.execution) == {
        "iopub.execute_input",
        "iopub.status.busy",
        "iopub.status.idle",
        "shell.execute_reply",
    }
    facts = {key: value for each in events if each["type"] == "facts" for key, value in each["facts"].items()}
    assert facts["kernel"] == "python3"


def test_papermills_tag_and_a_notebook_of_format_4_2_without_kernelspec(runners: Any) -> None:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Title\n", "text"]},
        {
            "cell_type": "code",
            "metadata": {"tags": ["parameters"]},
            "source": ["year = 1999\n", "name = 'x'"],
            "outputs": [{"output_type": "stream", "name": "stdout", "text": ["old success\n"]}],
            "execution_count": 9,
        },
        {"cell_type": "code", "metadata": {}, "source": ["print(year, name)"], "outputs": [], "execution_count": 3},
        {"cell_type": "raw", "metadata": {}, "source": []},
    ]
    old = {"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": cells}
    running = runners.notebook_json("\ufeff" + json.dumps(old), parameters={"year": 2024})
    events = running.finish()
    assert printed(events, 3) == "2024 x\n"
    assert "old success" not in (running.directory / "output.ipynb").read_text()
    assert (
        json.loads((running.directory / "source.ipynb").read_text(encoding="utf-8-sig"))["cells"][1]["execution_count"]
        == 9
    )
    assert json.loads((runners.tasks / "task.ipynb").read_text(encoding="utf-8-sig")) == old


def test_displays_updates_clearing_progress_bars_and_strange_values(runners: Any) -> None:
    running = runners.notebook(
        # 0: updates reach a display in another cell, too
        "from IPython.display import display, update_display, clear_output, HTML, JSON\n"
        "display(HTML('<b>0</b>'), display_id='bar')",
        # 1
        "for n in range(1, 4):\n    update_display(HTML(f'<b>{n}</b>'), display_id='bar')",
        # 2: nothing is left but the last
        "for n in range(3):\n    clear_output(wait=True)\n    print('pass', n, flush=True)\ndisplay(HTML('end'))",
        # 3
        "print('gone', flush=True); clear_output(); print('kept')",
        # 4
        "import sys\nfrom tqdm import tqdm\nfor _ in tqdm(range(3), file=sys.stderr, mininterval=0): pass",
        # 5
        "import math\ndisplay(JSON({'nan': math.nan, 'inf': [math.inf]})); say('half: \\ud83d')",
        # 6
        "display({'text/plain': 'x' * 11_000_000}, raw=True); print('after')",
        # 7
        "display(HTML('a'), display_id='twice'); display(HTML('b'), display_id='twice');",
        speaks=True,
    )
    events = running.finish()
    assert outcome(events) == ("succeeded", "")
    shown = replayed(events)
    assert shown[0][0]["data"]["text/html"] == "<b>3</b>"
    updates = [each["output"]["data"]["text/html"] for each in events if each["type"] == "cell_output_updated"]
    assert updates[:3] == ["<b>1</b>", "<b>2</b>", "<b>3</b>"]
    assert [each.get("text", "html") for each in shown[2]] == ["pass 2\n", "html"]
    assert [each["text"] for each in shown[3]] == ["kept\n"]
    assert "\r" in printed(events, 4, "stderr")
    assert "3/3" in printed(events, 4, "stderr")
    assert texts(events, "message") == ["half: ?"]
    assert "An output of 11.0 MB is not shown" in shown[6][0]["data"]["text/plain"]
    assert shown[6][1]["text"] == "after\n"
    assert [each["data"]["text/html"] for each in shown[7]] == ["b", "b"]
    assert_notebook_equals_events(running, events)
    assert (running.directory / "journal.jsonl").stat().st_size < 100_000


@pytest.mark.parametrize(
    ("ending", "status", "reason"),
    [
        ("import sys; sys.exit()", "succeeded", ""),
        ("import sys; sys.exit(0)", "succeeded", ""),
        ("exit()", "succeeded", ""),
        ("import sys; sys.exit(1)", "failed", "Cell 2: SystemExit: 1"),
        ("import sys; sys.exit('no data')", "failed", "Cell 2: SystemExit: no data"),
        ("raise ValueError('year must be\\n4 digits')", "failed", "Cell 2: ValueError: year must be\n4 digits"),
        ("import os; os._exit(3)", "failed", "Cell 2: the kernel died with exit code 3."),
        (
            "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
            "failed",
            "Cell 2: the kernel died with signal SIGKILL.",
        ),
    ],
)
def test_every_way_to_end_early_has_its_outcome_and_leaves_the_notebook(
    runners: Any, ending: str, status: str, reason: str
) -> None:
    running = runners.notebook("print('before'); say('said')", ending, "print('never')", speaks=True)
    events = running.finish()
    assert outcome(events) == (status, reason)
    assert printed(events, 0) == "before\n"
    assert texts(events, "message", source="task") == ["said"]
    failed = status == "failed"
    finished = [(each["index"], each["status"]) for each in events if each["type"] == "cell_finished"]
    assert finished == [(0, "ok"), (1, "error" if failed else "ok")]
    errors = [each for each in outputs(events, 1) if each["output_type"] == "error"]
    assert bool(errors) == (failed and "died" not in reason)
    assert "To exit:" not in printed(events, 1, "stderr")
    notebook = running.notebook
    assert notebook.cells[0].outputs[0].text == "before\n"
    second = "failed" if failed else "completed"
    assert [cell.metadata.papermill.status for cell in notebook.cells] == ["completed", second, "pending"]
    assert notebook.metadata.papermill.exception is (True if failed else None)


def test_cancel_interrupts_the_cell_and_saves_the_notebook(runners: Any) -> None:
    running = runners.notebook(
        "print('first')",
        "import time\ntry:\n    say('on')\n    time.sleep(60)\nfinally:\n    say('cleaned up')",
        "print('never')",
        speaks=True,
    )
    running.until_said("on")
    started = time.monotonic()
    assert running.cancel()
    events = running.finish()
    assert time.monotonic() - started < 5
    assert outcome(events) == ("cancelled", "Cancelled by ada.")
    assert texts(events, "message") == [
        "on",
        "Cancel requested by ada: interrupting",
        "cleaned up",
        "Interrupted: asking the kernel to shut down",
    ]
    assert [each["status"] for each in events if each["type"] == "cell_finished"] == ["ok", "cancelled"]
    assert running.notebook.cells[0].outputs[0].text == "first\n"


def test_cancel_kills_a_cell_that_does_not_listen_and_what_it_started(runners: Any) -> None:
    running = runners.notebook(
        "import signal, subprocess, sys\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "stubborn = 'trap \"\" INT TERM; sleep 60 & wait; sleep 60'\n"
        "child = subprocess.Popen(['sh', '-c', stubborn], start_new_session=True)\n"
        "print('kept')",
        # Once it has spoken, nothing interrupts it any more.
        "import time\nsaid = False\n"
        "while True:\n    try:\n        if not said:\n            said = True\n            say(str(child.pid))\n"
        "        time.sleep(60)\n    except KeyboardInterrupt:\n        say('no')",
        speaks=True,
        cancel_timeout_seconds=1.0,
    )
    child = psutil.Process(int(running.until(lambda event: event["type"] == "message")["text"]))
    running.cancel()
    events = running.finish()
    assert outcome(events) == ("cancelled", "Cancelled by ada.")
    assert [text for text in texts(events, "message") if not text.isdigit()] == [
        "Cancel requested by ada: interrupting",
        "no",
        "Still running: asking it to end (TERM)",
        "Killed",
    ]
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
    assert running.notebook.cells[0].outputs[0].text == "kept\n"


@pytest.mark.parametrize("runners", ["plain"], indirect=True)
def test_a_cancel_while_the_kernel_starts_runs_no_cell(runners: Any) -> None:
    running = runners.notebook("say('never')", speaks=True)
    running.until(lambda event: event["type"] == "facts")
    deadline = time.monotonic() + 10
    while not running.cancel():
        assert time.monotonic() < deadline
    events = running.finish()
    assert outcome(events) == ("cancelled", "Cancelled by ada.")
    assert texts(events, "message", source="task") == []


def test_output_of_a_thread_that_outlives_its_cell_stays_with_it_and_exit_handlers_are_heard(runners: Any) -> None:
    running = runners.notebook(
        "import atexit, threading, time\n"
        "atexit.register(lambda: [say('at exit'), print('printed at exit')])\n"
        "go = threading.Event()\n"
        "def late():\n    go.wait(); print('late')\n"
        "thread = threading.Thread(target=late); thread.start()",
        "print('second', flush=True); go.set(); thread.join(); time.sleep(0.3)",
        speaks=True,
    )
    events = running.finish()
    # Whether a thread's output belongs to its own cell or to the one that runs is the kernel's decision.
    assert sorted((printed(events, 0) + printed(events, 1)).split("\n")) == ["", "late", "printed at exit", "second"]
    assert texts(events, "message") == ["at exit"]
    assert_notebook_equals_events(running, events)


def test_a_kernel_that_is_slow_to_say_its_last_words_ends_by_itself_and_whole(runners: Any, tmp_path: Path) -> None:
    ended = tmp_path / "ended"
    events = runners.notebook(
        "import pathlib, sys, threading, time\n"
        "publisher = sys.stdout.pub_thread\n"
        # Names are gone when this is called: a kernel that ends clears them first. What its thread for outputs is
        # given while it stops, it does not do: here always, for whoever asks is slow.
        "def schedule(do, publisher=publisher, schedule=publisher.schedule, thread=threading.current_thread,"
        " sleep=time.sleep):\n"
        "    if thread().name == 'Control':\n        sleep(0.1)\n"
        "    if publisher.thread.is_alive():\n        schedule(do)\n"
        "publisher.schedule = schedule\n"
        f"class Last:\n    def term(self, file=pathlib.Path({str(ended)!r})):\n        file.touch()\n"
        # What a kernel does last of all that it does.
        "get_ipython().kernel.parent.context = Last()",
    ).finish()

    assert events[-1]["status"] == "succeeded"
    assert ended.exists()


def test_more_text_than_a_reader_can_follow_arrives_complete(runners: Any) -> None:
    running = runners.notebook("for n in range(200_000):\n    print(n)", "print('next')")
    events = running.finish()
    assert printed(events, 0) == "".join(f"{n}\n" for n in range(200_000))
    assert printed(events, 1) == "next\n"


def test_a_cell_tagged_raises_exception_may_fail_and_one_tagged_skip_execution_does_not_run(runners: Any) -> None:
    cells = [
        nbformat.v4.new_code_cell("1 / 0", metadata={"tags": ["raises-exception"]}),
        nbformat.v4.new_code_cell("1 / 0", metadata={"tags": ["skip-execution"]}),
        nbformat.v4.new_code_cell("print('on')"),
    ]
    events = runners.notebook_json(nbformat.v4.writes(nbformat.v4.new_notebook(cells=cells))).finish()
    assert outcome(events) == ("succeeded", "")
    assert printed(events, 2) == "on\n"


def test_the_folder_of_the_task_is_where_it_runs_and_imports_from(runners: Any) -> None:
    (runners.tasks / "neighbour.py").write_text("NAME = 'neighbour'\n")
    events = runners.notebook(
        "import os, neighbour\nprint(os.getcwd(), neighbour.NAME, os.environ['YEAR'])", parameters={"YEAR": 7}
    ).finish()
    assert printed(events, 1) == f"{runners.tasks} neighbour 7\n"


def test_a_notebook_that_executes_from_the_root_still_imports_its_neighbours(runners: Any) -> None:
    (runners.tasks / "neighbour.py").write_text("NAME = 'neighbour'\n")
    events = runners.notebook("import os, neighbour\nprint(os.getcwd())", execute_from_root=True).finish()
    assert printed(events, 0) == f"{runners.project}\n"


class TestWhatCannotRun:
    """Ends with a reason before anything is started."""

    def refused(self, runners: Any, text: str) -> str:
        events = runners.notebook_json(text).finish()
        assert not any(each["type"] == "cell_started" for each in events)
        assert events[-1]["status"] == "failed"
        return str(events[-1]["reason"])

    def test_a_kernel_that_is_not_installed_is_named_with_those_that_are(self, runners: Any) -> None:
        spec = {"name": "ir", "display_name": "R", "language": "R"}
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")], metadata={"kernelspec": spec})
        reason = self.refused(runners, nbformat.v4.writes(notebook))
        assert reason.startswith("The notebook asks for the kernel 'ir', which is not installed. Installed: ")
        assert "python3" in reason

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ('{"nbformat": 4,', "The notebook is not valid JSON: Expecting property name enclosed in double quotes"),
            ("", "The notebook is not valid JSON: Expecting value (line 1, column 1)."),
            ("[]", "The file is JSON, but not a notebook: it has no nbformat."),
            ('{"nbformat": 5}', "The notebook has format 5, which is too new; save it in format 4."),
            ('{"nbformat": 4, "metadata": {}}', "The notebook has no list of cells."),
            (
                '{"nbformat": 4, "cells": [{"cell_type": "code"}]}',
                "Cell 1 of the notebook is broken: it has no source.",
            ),
        ],
    )
    def test_what_is_no_notebook_is_said_with_its_place(self, runners: Any, text: str, reason: str) -> None:
        assert self.refused(runners, text).startswith(reason)

    @pytest.mark.parametrize("runners", ["plain"], indirect=True)
    def test_a_kernel_that_cannot_start_says_its_last_words(self, runners: Any, tmp_path: Path) -> None:
        spec = tmp_path / "share" / "kernels" / "broken"
        spec.mkdir(parents=True)
        argv = ["python", "-c", "raise SystemExit('no ipykernel here')", "{connection_file}"]
        (spec / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "b", "language": "python"}))
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell("1")], metadata={"kernelspec": {"name": "broken", "display_name": "b"}}
        )
        running = runners.notebook_json(nbformat.v4.writes(notebook), environ={"JUPYTER_PATH": str(tmp_path / "share")})
        events = running.finish()
        assert outcome(events) == ("failed", "The kernel ended while it was starting (exit code 1): no ipykernel here.")
        assert texts(events, "stream", name="stderr") == ["no ipykernel here\n"]


@pytest.mark.parametrize("runners", ["plain"], indirect=True)
def test_nothing_is_left_behind_outside_the_run_directory(runners: Any, tmp_path: Path) -> None:
    temporary = tmp_path / "t"
    temporary.mkdir()
    running = runners.notebook(
        "say('on')\nimport time; time.sleep(60)", speaks=True, environ={"TMPDIR": str(temporary)}
    )
    running.until_said("on")
    children = psutil.Process(running.process.pid).children(recursive=True)
    running.cancel()
    running.finish()
    assert list(temporary.iterdir()) == []
    assert all(not child.is_running() for child in children)


def test_a_kernel_killed_from_outside_fails_the_run_at_once(runners: Any) -> None:
    running = runners.notebook("say(str(os.getpid()))\nimport time; time.sleep(60)", speaks=True)
    pid = int(running.until(lambda event: event["type"] == "message")["text"])
    started = time.monotonic()
    os.kill(pid, signal.SIGKILL)
    assert outcome(running.finish()) == ("failed", "Cell 1: the kernel died with signal SIGKILL.")
    assert time.monotonic() - started < 5


def test_a_notebook_that_cannot_be_saved_still_runs_and_says_so(runners: Any) -> None:
    running = runners.notebook("print('on')", prepare=lambda directory: (directory / "output.ipynb").mkdir())
    events = running.finish()
    assert outcome(events) == ("succeeded", "")
    assert printed(events, 0) == "on\n"
    (trouble,) = texts(events, "message", level="error")
    assert trouble.startswith("The executed notebook cannot be saved: ")


def test_a_display_id_that_is_no_text_costs_no_output(runners: Any) -> None:
    running = runners.notebook(
        "handle = display(1, display_id=5); handle.update(2)", "print('still heard')", secrets=["canary-4711"]
    )
    events = running.finish()
    assert outcome(events) == ("succeeded", "")
    assert replayed(events)[0][0]["data"] == {"text/plain": "2"}
    assert printed(events, 1) == "still heard\n"
    assert_notebook_equals_events(running, events)


BAD_MESSAGE = """
kernel = get_ipython().kernel
def send_bad(n):
    for _ in range(n):
        kernel.session.send(kernel.iopub_socket, "stream", {"name": "stdout"}, parent=kernel.get_parent())
send_bad(2); print("still heard")
"""


def test_a_message_of_the_kernel_that_makes_no_sense_is_remarked_once_and_costs_nothing_else(runners: Any) -> None:
    events = (running := runners.notebook(BAD_MESSAGE)).finish()
    assert outcome(events) == ("succeeded", "")
    assert printed(events, 0) == "still heard\n"
    assert texts(events, "message") == ["An output of the kernel was not understood (KeyError: 'text')."]
    assert running.log.count("output_not_understood") == 2


def test_outputs_that_cannot_be_read_any_more_fail_the_run_with_a_reason(runners: Any) -> None:
    unsigned = """
import time
kernel = get_ipython().kernel
kernel.session.key = b"another"
kernel.session.send(kernel.iopub_socket, "stream", {"name": "stdout", "text": "x"}, parent=kernel.get_parent())
time.sleep(60)
"""
    started = time.monotonic()
    status, reason = outcome(runners.notebook(unsigned).finish())
    assert status == "failed"
    assert reason.startswith("The kernel's outputs cannot be read any more: ValueError: Invalid Signature")
    assert time.monotonic() - started < 20


def test_a_notebook_that_is_nested_too_deeply_fails_with_a_reason(runners: Any) -> None:
    deep = "[" * 900 + "]" * 900
    text = f'{{"nbformat": 4, "nbformat_minor": 5, "metadata": {{"x": {deep}}}, "cells": []}}'
    running = runners.notebook_json(text, secrets=["canary-4711"])
    assert outcome(running.finish()) == (
        "failed",
        "The task's file or its parameters are nested too deeply for Taskdeck to read.",
    )
