"""The examples of the author's guide are run as they stand there.

One project has them all, beside the sample's tasks, and one warm worker runs them: a run costs little. What cannot be
run has a comment before it that says why: ``<!-- not run: … -->``.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from factories import make_notebook, make_project, write_json
from servers import copy_of_sample

from taskdeck import app, foreground
from taskdeck.app import Application
from taskdeck.catalog import layout, loader
from taskdeck.cli import main
from taskdeck.execution import declaring
from taskdeck.execution.submission import InvalidParameters
from taskdeck.lint.declaration import id_of
from taskdeck.model.run import Run, RunStatus, Trigger
from taskdeck.settings import from_environment

GUIDE = Path(__file__).parents[2] / "docs" / "author.md"
FENCE = re.compile(
    r"(?:<!-- not run: (?P<reason>[^\n]+) -->\n+)?^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
FILE = re.compile(r"(?:# |<!-- )data_tasks/(?P<name>[\w.]+)(?: -->)?\n")
CELL = re.compile(r"^# %%(?P<tag> \[parameters\])?\n", re.MULTILINE)
ENDS_WITHIN_SECONDS = 90.0

# What the examples in Python speak of without saying where it comes from.
PRELUDE = """
from pathlib import Path
import pandas
from taskdeck import sdk
files, batches, query, done = ["a.csv", "b.csv"], [1, 2], "SELECT 1", 0
load = work = lambda item: None
frame = pandas.DataFrame({"district": ["Mubende"], "cases": [63]})
Path("report.html").write_text("<p>63 cases</p>")
"""

VALUES = {
    "ANA": {"type": "sqlite3", "sqlite3file": "analysis.sqlite", "server": "localhost"},
    "SOURCE": {"type": "postgresql", "server": "db.example.org", "password": "Winter2024!"},
}

# `serve` does not end by itself: here it ends when it has said where it serves. Editors are not opened.
SHELL = """
taskdeck() {
  if [ "$1" = serve ]; then
    command taskdeck "$@" --no-browser --port 0 > served.txt 2>&1 &
    until grep -q token= served.txt; do kill -0 $! || { cat served.txt; return 1; }; sleep 0.1; done
    kill $!; wait $! || true
  else
    command taskdeck "$@"
  fi
}
"""


@dataclass(frozen=True)
class Block:
    section: str
    line: int
    language: str
    text: str
    reason: str

    def __str__(self) -> str:
        return f"{self.section}, line {self.line}"

    @property
    def file(self) -> str:
        """The name of the file that it is the content of; empty for what is part of no file."""
        match = FILE.match(self.text)
        return match["name"] if match else ""


def blocks() -> list[Block]:
    text = GUIDE.read_text(encoding="utf-8")
    found = []
    for match in FENCE.finditer(text):
        before = text[: match.start("language")]
        section = re.findall(
            r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", before, flags=re.MULTILINE | re.DOTALL), re.MULTILINE
        )[-1]
        found.append(Block(section, before.count("\n") + 1, match["language"], match["text"], match["reason"] or ""))
    return found


def of_language(*languages: str) -> list:
    return [
        pytest.param(block, id=str(block)) for block in blocks() if block.language in languages and not block.reason
    ]


def test_every_block_of_the_guide_is_run_or_says_why_not():
    assert {block.language for block in blocks() if not block.reason} <= {"python", "json", "sh", "console", "markdown"}
    sessions = [block.text for block in blocks() if block.language == "console"]
    run = {name for session in sessions for name in re.findall(r"\b[A-Z]\w+", session)}
    files = [block.file for block in blocks() if block.language == "python" and block.file]
    imported = {"districts.py", "common.ipynb"}
    assert [name for name in files if id_of(Path(name).stem) not in run and name not in imported] == []


# The project of all examples


def content_of(block: Block) -> str:
    if not block.file.endswith(".ipynb"):
        return block.text
    _, *parts = CELL.split(block.text)
    notebook = make_notebook(*(source.strip("\n") for source in parts[1::2]))
    for cell, tag in zip(notebook.cells, parts[::2], strict=True):
        cell.metadata["tags"] = ["parameters"] if tag else []
    return nbformat.writes(notebook)


def add_examples(project: Path) -> None:
    tasks = json.loads((project / "config" / "data_tasks.json").read_text())
    examples = [block for block in blocks() if block.file]
    for block in examples:
        (project / "data_tasks" / block.file).write_text(content_of(block), encoding="utf-8")
    declared = [
        json.loads(block.text) for block in blocks() if block.language == "json" and '"pythonFile"' in block.text
    ]
    declared = [entry for entry in declared if entry.get("pythonFile") in {block.file for block in examples}]
    tasks["dataTasks"] += declared
    snippets = [
        f"# line {block.line}\n{block.text}"
        for block in blocks()
        if block.language == "python" and not block.reason and not block.file
    ]
    (project / "data_tasks" / "snippets_of_a_script.py").write_text(PRELUDE + "\n".join(snippets))
    notebook = make_notebook(PRELUDE, *snippets)
    nbformat.write(notebook, project / "data_tasks" / "snippets_of_a_notebook.ipynb")
    for name in ("snippets_of_a_script.py", "snippets_of_a_notebook.ipynb"):
        tasks["dataTasks"].append({"id": id_of(Path(name).stem), "pythonFile": name})
    write_json(project / "config" / "data_tasks.json", tasks)
    known = {entry["pythonFile"] for entry in tasks["dataTasks"]}
    for block in examples:
        if block.language == "python" and block.file not in known:
            file = project / "data_tasks" / block.file
            declaring.prepare(layout.find_project(project), file).write()


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Path:
    """As after ``git clone``, with a notebook that no task has yet."""
    project = copy_of_sample(tmp_path_factory.mktemp("author") / "sample")
    report = make_notebook("# parameters\nyear: int = 2024", 'from taskdeck import sdk\nsdk.connection("ANA")')
    heading = nbformat.v4.new_markdown_cell("# Monthly report\n\nCounts the cases of one month and draws them.")
    report.cells.insert(0, heading)
    nbformat.write(report, project / "data_tasks" / "monthly_report.ipynb")
    write_json(project / "config" / "config.json", {"dataConnectionParameters": VALUES})
    return project


@pytest.fixture(scope="module")
def project(sample, tmp_path_factory) -> Path:
    project = shutil.copytree(sample, tmp_path_factory.mktemp("examples") / "project")
    add_examples(project)
    return project


@pytest.fixture(scope="module")
def application(project) -> Iterator[Application]:
    """With a worker that keeps processes warm."""
    settings = from_environment(project, {"TASKDECK_MAX_PARALLEL_RUNS": "4", "TASKDECK_POOL_SIZE": "2"})
    stop = threading.Event()
    with app.open_application(settings) as application:
        worker = threading.Thread(target=application.worker().run_until, args=(stop,))
        worker.start()
        try:
            yield application
        finally:
            stop.set()
            worker.join()


@pytest.fixture(scope="module")
def environment(tmp_path_factory) -> dict[str, str]:
    """The programs that the guide speaks of are on the path; editors only pretend."""
    programs = tmp_path_factory.mktemp("programs")
    for name in ("code", "jupyter"):
        (programs / name).write_text("#!/bin/sh\nexit 0\n")
        (programs / name).chmod(0o755)
    path = os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "PATH": path}


# Commands, in this process where that is possible


def run(application: Application, task: str, parameters: dict[str, str], *, cancel: bool = False) -> str:
    """What ``taskdeck run`` prints. ``cancel``: as soon as the task says something."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            submitted, _ = application.service.submit(task, parameters, trigger=Trigger.CLI)
        except InvalidParameters as error:
            return "".join(f"{name}: {text}\n" for name, text in error.errors.items())
        printer = foreground.Printer(as_json=False)
        printer.begin(submitted, None)
        if cancel:
            until(lambda: any(event["type"] == "message" for event in application.service.all_events(submitted.id)))
            application.service.cancel(submitted.id, by="Ctrl-C")
        until(lambda: application.service.run(submitted.id).status.is_final)
        for event in application.service.all_events(submitted.id):
            printer.event(event)
        printer.end(application.service.run(submitted.id))
    return printed.getvalue()


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + ENDS_WITHIN_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def watch(command: str, project: Path, environment: dict[str, str]) -> str:
    """What ``taskdeck run … --watch`` prints until the file has been saved once more, and run."""
    words = shlex.split(command)
    file = next(project / word for word in words if word.startswith("data_tasks/"))
    printed = []
    with subprocess.Popen(
        words, cwd=project, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as watching:
        assert watching.stdout is not None
        for line in watching.stdout:
            printed.append(line)
            if line.startswith("Waiting for"):
                if printed.count(line) == 2:
                    watching.send_signal(signal.SIGINT)
                else:
                    file.write_text(file.read_text())
    return "".join(printed)


def execute(command: str, application: Application, environment: dict[str, str]) -> str:
    """What a command of a session prints."""
    project = application.settings.project
    command, _, comment = command.partition("    # ")
    if "--watch" in command:
        return watch(command, project, environment)
    words = shlex.split(command)
    if words[:2] == ["taskdeck", "run"]:
        parser = argparse.ArgumentParser()
        parser.add_argument("task")
        parser.add_argument("-p", action="append", default=[])
        given = parser.parse_args(words[2:])
        values = dict(pair.split("=", 1) for pair in given.p)
        return run(application, given.task, values, cancel="Ctrl-C" in comment)
    if words[0] == "taskdeck" and not re.search("[>|;]", command):
        return CliRunner().invoke(main, words[1:], catch_exceptions=False).output
    done = subprocess.run(
        ["bash", "-c", command], cwd=project, env=environment, text=True, capture_output=True, timeout=110, check=False
    )
    return done.stdout + done.stderr


def pattern_of(lines: list[str]) -> str:
    """``…`` stands for anything, any number for any other."""
    parts = []
    for line in lines:
        if line == "…":
            parts.append(r"(?:[^\n]*\n)*?")
        else:
            words = (re.sub(r"\\?\d[\d.,\\]*", r"[\\d.,]+", re.escape(piece)) for piece in line.split("…"))
            parts.append("[^\n]*".join(words) + r"\s*?\n")
    return "".join(parts)


@pytest.mark.parametrize("block", of_language("console"))
def test_a_session_prints_what_the_guide_shows(block, application, environment, monkeypatch):
    monkeypatch.chdir(application.settings.project)
    printed, shown = "", []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            printed += execute(line[2:], application, environment)
        else:
            shown.append(line)

    assert re.fullmatch(pattern_of(shown), printed, re.DOTALL), printed


@pytest.mark.parametrize("task", ["SNIPPETS_OF_A_SCRIPT", "SNIPPETS_OF_A_NOTEBOOK"])
def test_python_runs_as_a_script_and_as_cells(task, application):
    printed = run(application, task, {})

    assert "succeeded" in printed.splitlines()[-1], printed


@pytest.mark.parametrize("block", of_language("markdown"))
def test_text_beside_a_task_is_its_documentation(block, application):
    task = next(
        task for task in application.service.catalog().tasks.values() if Path(task.file).stem == block.file[:-3]
    )

    assert application.service.task_documentation(task.id).text.strip() == block.text.strip()


@pytest.mark.parametrize("block", of_language("json"))
def test_json_is_configuration_without_problems(block, tmp_path):
    example = json.loads(block.text)
    if "pythonFile" in example:
        example = {"dataTasks": [example]}
    tasks, files = {"dataTasks": []}, "data_tasks.json"
    if "dataConnections" in example:
        files = "data_connections.json"
    elif "dataConnectionParameters" in example:
        files = "config.json"
    elif isinstance(example["dataTasks"], dict):
        files = "navigation.json"
        named = set(re.findall(r'"task": "([^"]+)"', block.text))
        tasks = {"dataTasks": [{"id": name, "pythonFile": "any.py"} for name in sorted(named)]}
    else:
        tasks = example
    project = make_project(
        tmp_path / "project", files={}, connections={"ANA": {"params": [{"name": "type"}, {"name": "sqlite3file"}]}}
    )
    for entry in tasks["dataTasks"]:
        (project / "data_tasks" / entry["pythonFile"]).touch()
    write_json(project / "config" / "data_tasks.json", tasks)
    write_json(project / "config" / files, example)

    assert loader.load(layout.find_project(project)).problems == ()


@pytest.fixture(scope="module")
def loaded(application) -> Run:
    """The first run of the sample project."""
    submitted, _ = application.service.submit("LOAD", {}, trigger=Trigger.CLI)
    until(lambda: application.service.run(submitted.id).status.is_final)
    run = application.service.run(submitted.id)
    assert run.status is RunStatus.SUCCEEDED
    return run


@pytest.mark.parametrize("block", of_language("sh"))
def test_commands_work_in_the_project(block, loaded, application, tmp_path, environment):
    project = application.settings.project
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", SHELL + block.text],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
