"""``taskdeck reproduce``: a failed run becomes a directory in which it fails again."""

import json
import subprocess
import sys
import urllib.request
import zipfile

import nbclient
import nbformat
import pytest
from factories import make_notebook, make_project
from servers import TOKEN, serving

SCRIPT = """
import json, os, sys
from pathlib import Path
from beside import divide
from services.dte_tools.data_task_tools import get_data_dir
assert os.environ["BY"] == os.environ["by"] == str(json.loads(sys.argv[1])["by"])
assert Path(os.environ["TASKDECK_DATA_DIR"]) == Path(get_data_dir())
print(divide(1, json.loads(sys.argv[1])["by"]))
"""


def taskdeck(*arguments, **options):
    command = [sys.executable, "-m", "taskdeck", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=90, check=False, **options)


@pytest.fixture
def project(tmp_path):
    by = {"supportedParameters": {"by": {"defaultValue": 1, "allowOverride": True}}}
    return make_project(
        tmp_path / "project",
        files={
            "divide.py": SCRIPT,
            "beside.py": "def divide(a, b):\n    return a / b\n",
            "divide_too.ipynb": make_notebook("# parameters\nby = 1", "from beside import divide\ndivide(1, by)"),
        },
        tasks={"DIVIDE": {**by, "dataConnections": ["ANA"]}, "DIVIDE_TOO": by},
    )


def test_a_failed_script_fails_again_in_its_directory_with_the_same_values(project, tmp_path):
    assert taskdeck("run", "DIVIDE", "-p", "by=0", "--project", project).returncode == 1

    made = taskdeck("reproduce", 1, "--project", project, cwd=tmp_path)

    assert made.returncode == 0, made.stderr
    assert "Run 1 of DIVIDE is in" in made.stdout
    assert "Connections it used, with the values of this project: ANA" in made.stdout
    directory = tmp_path / "run-1"
    assert json.loads((directory / "parameters.json").read_text()) == {"by": 0}
    launch = json.loads((directory / ".vscode" / "launch.json").read_text())
    assert launch["configurations"][0]["program"] == "${workspaceFolder}/reproduce.py"
    again = subprocess.run(
        [sys.executable, directory / "reproduce.py"], capture_output=True, text=True, timeout=60, check=False
    )
    assert again.returncode == 1
    assert "ZeroDivisionError" in again.stderr


def test_a_failed_notebook_fails_again_where_it_is_opened(project, tmp_path):
    assert taskdeck("run", "DIVIDE_TOO", "-p", "by=0", "--project", project).returncode == 1

    assert taskdeck("reproduce", 1, "--project", project, "--into", tmp_path / "again").returncode == 0

    assert not (tmp_path / "again" / ".vscode" / "launch.json").exists()
    notebook = nbformat.read(tmp_path / "again" / "notebook.ipynb", as_version=4)
    with pytest.raises(nbclient.exceptions.CellExecutionError, match="ZeroDivisionError"):
        nbclient.NotebookClient(notebook, resources={"metadata": {"path": tmp_path / "again"}}).execute()


def test_a_task_that_ran_in_the_project_s_root_does_so_again(project, tmp_path):
    source = "import os\nfrom beside import divide\nprint('in', os.path.basename(os.getcwd()), os.environ['NAME'])\n"
    make_project(
        project,
        files={"from_root.py": source},
        tasks={"FROM_ROOT": {"executeFromRoot": True, "supportedParameters": {"name": {"defaultValue": "it's"}}}},
    )
    ran = taskdeck("run", "FROM_ROOT", "--project", project)
    assert taskdeck("reproduce", 1, "--project", project, "--into", tmp_path / "again").returncode == 0

    again = subprocess.run(
        [sys.executable, tmp_path / "again" / "reproduce.py"], capture_output=True, text=True, timeout=60, check=False
    )

    assert again.stdout == "in project it's\n", again.stderr
    assert again.stdout in ran.stdout


def test_a_run_of_a_server_is_reproduced_by_its_address_and_by_its_download(project, tmp_path):
    with serving(project) as server:
        server.wait(server.submit("DIVIDE", by=0))
        address = f"{server.url}/runs/1"
        fetched = taskdeck("reproduce", address, "--token", TOKEN, "--project", project, cwd=tmp_path)
        refused = taskdeck("reproduce", address, "--token", "wrong", "--project", project, cwd=tmp_path)
        request = urllib.request.Request(
            f"{server.url}/api/runs/1/reproduce", headers={"Authorization": f"Bearer {TOKEN}"}
        )
        with urllib.request.urlopen(request) as answer:
            (tmp_path / "download.zip").write_bytes(answer.read())
    unpacked = taskdeck("reproduce", "download.zip", "--into", "other", "--project", project, cwd=tmp_path)

    assert fetched.returncode == 0, fetched.stderr
    assert unpacked.returncode == 0, unpacked.stderr
    assert (tmp_path / "run-1" / "source.py").read_text() == (tmp_path / "other" / "source.py").read_text() == SCRIPT
    assert refused.returncode == 2
    assert "TASKDECK_TOKEN" in refused.stderr


def test_what_cannot_be_reproduced_is_refused_with_a_reason(project, tmp_path):
    (tmp_path / "text.zip").write_text("no archive")
    with zipfile.ZipFile(tmp_path / "strange.zip", "w") as strange:
        strange.writestr("../facts.json", "{}")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("keep me")
    assert taskdeck("run", "DIVIDE", "--project", project).returncode == 0

    for arguments, words in (
        ([99], "There is no run 99"),
        (["text.zip"], "not an archive of a run"),
        (["strange.zip"], "not an archive of a run"),
        (["missing.zip"], "cannot be read"),
        (["http://127.0.0.1:1/tasks"], "not the address of a run's page"),
        ([1, "--into", "full"], "is there already"),
    ):
        done = taskdeck("reproduce", *arguments, "--project", project, cwd=tmp_path)
        assert (done.returncode, words in done.stderr) == (2, True), (arguments, done.stderr)
    assert [file.name for file in (tmp_path / "full").iterdir()] == ["mine.txt"]
