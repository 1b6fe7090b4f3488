"""``taskdeck task add``: a file becomes a task, by one edit of ``data_tasks.json``."""

import json
import shlex
import stat

import pytest
from click.testing import CliRunner
from factories import make_notebook, make_project

from taskdeck.catalog import layout, loader
from taskdeck.cli import main

YEAR = "from taskdeck import sdk\nprint(sdk.params({'year': 2024})['year'])\n"


def invoke(*arguments):
    return CliRunner().invoke(main, [*map(str, arguments)], catch_exceptions=False)


def add(*arguments):
    return invoke("task", "add", *arguments)


@pytest.fixture
def project(tmp_path):
    root = make_project(tmp_path / "project", files={"load.py": YEAR})
    (root / "data_tasks/new report.ipynb").write_text(
        json.dumps(make_notebook("# parameters\nyear: int = 2024", "print(year)"))
    )
    return root


def test_the_task_is_declared_sound_and_everything_else_stays(project, monkeypatch):
    monkeypatch.chdir(project / "data_tasks")
    file = project / "config/data_tasks.json"
    file.chmod(0o640)
    before = file.read_text()

    done = add("new report.ipynb")

    assert done.exit_code == 0
    entry = json.loads(done.stdout)
    assert (entry["id"], list(entry["supportedParameters"])) == ("NEW_REPORT", ["year"])
    assert "Wrote the task 'NEW_REPORT'" in done.stderr
    after = file.read_text()
    assert json.loads(after)["dataTasks"] == [*json.loads(before)["dataTasks"], entry]
    assert after.startswith(before.partition("\n  ]")[0])
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [each.name for each in file.parent.iterdir() if each.name.startswith(".")] == []
    assert invoke("check", project, "--strict", "--task", "NEW_REPORT").exit_code == 0
    assert invoke("run", "NEW_REPORT", "--project", project, "-p", "year=2025").exit_code == 0


def test_an_id_that_is_there_is_refused_and_replaced_when_asked_to(project):
    file = project / "config/data_tasks.json"
    before = file.read_text()

    refused = add(project / "data_tasks/load.py")

    assert refused.exit_code == 2
    assert "There is a task 'LOAD' already, in config/data_tasks.json" in refused.stderr
    assert file.read_text() == before
    assert add(project / "data_tasks/load.py", "--id", "LOAD_AGAIN", "--name", "Again").exit_code == 0
    assert add(project / "data_tasks/load.py", "--force").exit_code == 0
    entries = json.loads(file.read_text())["dataTasks"]
    assert [(each["id"], each["name"]) for each in entries] == [("LOAD", "Load"), ("LOAD_AGAIN", "Again")]
    assert all("year" in each["supportedParameters"] for each in entries)


def test_print_writes_nothing(project):
    before = (project / "config/data_tasks.json").read_text()

    done = add(project / "data_tasks/new report.ipynb", "--print")

    assert json.loads(done.stdout)["id"] == "NEW_REPORT"
    assert (project / "config/data_tasks.json").read_text() == before


def test_where_a_version_is_served_it_says_how_the_task_gets_into_it(project):
    assert "served" not in add(project / "data_tasks/load.py", "--id", "BEFORE").stderr
    assert invoke("config", "update", "--from-directory", "--project", project).exit_code == 0

    done = add(project / "data_tasks/new report.ipynb")

    assert done.exit_code == 0
    assert "Version 1 of the configuration is served" in done.stderr
    assert f"not the files of {project}. To have it served, publish" in done.stderr
    assert invoke("run", "NEW_REPORT", "--project", project).exit_code == 2
    command = done.stderr.partition("publish the whole directory: taskdeck ")[2]
    assert invoke(*shlex.split(command)).exit_code == 0
    assert invoke("run", "NEW_REPORT", "--project", project).exit_code == 0
    assert invoke("config", "live", "--yes", "--project", project).exit_code == 0
    assert "served" not in add(project / "data_tasks/load.py", "--id", "AFTER").stderr


def test_the_first_task_of_a_project_makes_the_file(project):
    (project / "config/data_tasks.json").unlink()

    assert add(project / "data_tasks/load.py").exit_code == 0

    assert list(loader.load(layout.find_project(project)).tasks) == ["LOAD"]


@pytest.mark.parametrize("part", ["system", "apps/hts"])
def test_in_a_workspace_of_duft_it_is_declared_beside_its_folder(tmp_path, part):
    folder = tmp_path / "duft-config" / part / "data_tasks"
    folder.mkdir(parents=True)
    (folder.parent / "data_tasks.json").write_text('{"dataTasks": []}')
    (folder / "load.py").write_text(YEAR)

    assert add(folder / "load.py").exit_code == 0

    assert [each["id"] for each in json.loads((folder.parent / "data_tasks.json").read_text())["dataTasks"]] == ["LOAD"]


def test_an_id_of_another_part_of_the_workspace_is_refused_even_then(tmp_path):
    for part in ("system", "apps/hts"):
        folder = tmp_path / "duft-config" / part / "data_tasks"
        folder.mkdir(parents=True)
        (folder / "load.py").write_text(YEAR)
    assert add(tmp_path / "duft-config/system/data_tasks/load.py").exit_code == 0

    done = add(tmp_path / "duft-config/apps/hts/data_tasks/load.py", "--force")

    assert done.exit_code == 2
    assert "declared in duft-config/system/data_tasks.json" in done.stderr


@pytest.mark.parametrize(
    ("name", "content", "arguments", "message"),
    [
        ("data_tasks/broken.ipynb", "{", [], "not valid JSON"),
        ("data_tasks/notes.txt", "", [], "neither a notebook nor a script"),
        ("elsewhere/task.py", "", [], "move it to data_tasks/"),
        ("data_tasks/fine.py", "", ["--id", "a/b"], "is no id of a task"),
        ("config/data_tasks.json", '{"dataTasks": [,]}', [], "cannot be edited: line 1"),
    ],
)
def test_what_cannot_become_a_task_is_refused_with_what_to_do(project, name, content, arguments, message):
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).write_text(content)
    file = project / "config/data_tasks.json"
    before = file.read_text()

    done = add(project / ("data_tasks/load.py" if name.startswith("config") else name), *arguments)

    assert done.exit_code == 2
    assert message in done.stderr
    assert file.read_text() == before
