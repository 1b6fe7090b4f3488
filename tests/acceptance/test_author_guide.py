"""The examples of the author's guide are run as they stand there.

A block that cannot be run has a comment before it that says why: ``<!-- not run: … -->``.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from factories import make_notebook, make_project, write_json
from servers import copy_of_sample

from taskdeck.catalog import layout, loader

GUIDE = Path(__file__).parents[2] / "docs" / "author.md"
FENCE = re.compile(
    r"(?:<!-- not run: (?P<reason>[^\n]+) -->\n+)?^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)

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
    assert {block.language for block in blocks() if not block.reason} <= {"python", "json", "sh", "console"}


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """The programs that the guide speaks of are on the path; editors only pretend."""
    programs = tmp_path_factory.mktemp("programs")
    for name in ("code", "jupyter"):
        (programs / name).write_text("#!/bin/sh\nexit 0\n")
        (programs / name).chmod(0o755)
    path = os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "PATH": path}


@pytest.mark.parametrize("task", ["SCRIPT", "NOTEBOOK"])
def test_python_runs_as_a_script_and_as_cells(task, tmp_path):
    examples = [
        f"# line {block.line}\n{block.text}" for block in blocks() if block.language == "python" and not block.reason
    ]
    project = make_project(
        tmp_path / "project",
        files={"script.py": PRELUDE + "\n".join(examples), "notebook.ipynb": make_notebook(PRELUDE, *examples)},
        connections={"ANA": {"params": [{"name": name} for name in ("type", "sqlite3file", "server")]}},
        values={"ANA": {"type": "sqlite3", "sqlite3file": "analysis.sqlite", "server": "localhost"}},
    )
    command = [sys.executable, "-m", "taskdeck", "run", task, "--project", project]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


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
def sample(tmp_path_factory, environment):
    """As after the first minute with it, and with a notebook that no task has yet."""
    project = copy_of_sample(tmp_path_factory.mktemp("author") / "sample")
    ran = subprocess.run(["taskdeck", "run", "LOAD"], cwd=project, env=environment, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr
    report = make_notebook("# parameters\nyear: int = 2024", 'from taskdeck import sdk\nsdk.connection("ANA")')
    heading = nbformat.v4.new_markdown_cell("# Monthly report\n\nCounts the cases of one month and draws them.")
    report.cells.insert(0, heading)
    nbformat.write(report, project / "data_tasks" / "monthly_report.ipynb")
    return project


@pytest.mark.parametrize("block", of_language("sh"))
def test_commands_work_in_the_sample_project(block, sample, tmp_path, environment):
    project = shutil.copytree(sample, tmp_path / "sample", symlinks=True)
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


@pytest.mark.parametrize("block", of_language("console"))
def test_a_session_prints_what_the_guide_shows(block, sample, tmp_path, environment):
    project = shutil.copytree(sample, tmp_path / "sample", symlinks=True)
    commands, shown = [], []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            commands.append(line[2:])
        else:
            shown.append(line)
    done = subprocess.run(
        ["bash", "-c", SHELL + "\n".join(commands)],
        cwd=project,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=110,
        check=False,
    )
    assert re.fullmatch(pattern_of(shown), done.stdout, re.DOTALL), done.stdout


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
