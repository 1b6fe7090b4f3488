"""`taskdeck config`, as an operator types it."""

import json
import shutil
import time

import click
import pytest
from click.testing import CliRunner
from factories import make_project, write_json
from servers import copy_of_sample, serving

from taskdeck import app
from taskdeck.cli import main
from taskdeck.configuration import update
from taskdeck.configuration.request import Action, Request


def config(project, *arguments, **options):
    return CliRunner().invoke(main, ["config", *map(str, arguments), "--project", str(project)], **options)


@pytest.fixture
def project(tmp_path):
    return make_project(tmp_path / "project", files={"hello.py": "print('one')"})


@pytest.fixture
def archive(tmp_path):
    """A next version of the project: HELLO is gone, WORLD is new."""
    make_project(tmp_path / "next", files={"world.py": "print('two')"})
    return shutil.make_archive(str(tmp_path / "next"), "zip", tmp_path / "next")


def test_status_says_what_is_served(project, archive):
    assert "No versions" in config(project, "status").stdout
    config(project, "update", "--archive", archive, "-m", "Quarterly")
    assert "Version 2, by" in config(project, "status").stdout
    assert json.loads(config(project, "status", "--json").stdout)["version"]["number"] == 2
    config(project, "live", "--yes")
    assert "edits of it are seen at once" in config(project, "status").stdout


def test_plan_and_update_tell_the_same_and_only_one_of_them_does_it(project, archive):
    plan = config(project, "plan", "--archive", archive)
    assert (plan.exit_code, "A plan only" in plan.stdout) == (0, True)
    assert "No versions" in config(project, "status").stdout

    update = config(project, "update", "--archive", archive)
    assert update.exit_code == 0
    for line in ("  + WORLD  World", "  - HELLO  Hello", "Files: 1 added, 1 changed, 1 removed"):
        assert line in plan.stdout.splitlines()
        assert line in update.stdout.splitlines()


def test_an_update_takes_what_the_plan_has_shown_or_nothing(project, archive):
    plan = config(project, "plan", "--archive", archive)
    told = plan.stdout.splitlines()[-1].split()
    assert told[:-1] == ["taskdeck", "config", "update", "…", "--expect"]
    planned = config(project, "plan", "--archive", archive, "--json")
    assert json.loads(planned.stdout)["version"]["revision"] == told[-1]

    other = config(project, "update", "--from-directory", "--expect", told[-1])
    assert (other.exit_code, told[-1] in other.stderr) == (2, True)
    assert "No versions" in config(project, "status").stdout
    assert config(project, "update", "--archive", archive, "--expect", told[-1]).exit_code == 0


def test_what_was_changed_while_it_asked_is_not_rolled_back(project, archive, monkeypatch):
    config(project, "update", "--archive", archive)

    def meanwhile(*_, **__):
        """Somebody else is quicker than this operator."""
        settings = app.settings_of(project)
        update.apply(settings, Request(action=Action.DIRECTORY))

    monkeypatch.setattr(click, "confirm", meanwhile)

    late = config(project, "rollback", "1")

    assert (late.exit_code, "is version 3, not 2" in late.stderr) == (2, True)
    assert "Version 3" in config(project, "status").stdout


def test_history_lists_the_versions_and_rollback_goes_back_after_asking(project, archive):
    config(project, "update", "--archive", archive, "-m", "Quarterly")

    assert config(project, "rollback", "1", input="n\n").exit_code == 1
    assert "Version 2" in config(project, "status").stdout
    asked = config(project, "rollback", "1", input="y\n")
    assert (asked.exit_code, "Roll back to version 1?" in asked.stderr) == (0, True)

    history = [line.split(",")[0] for line in config(project, "history").stdout.splitlines() if line[0] != " "]
    assert history == ["Version 3", "Version 2", "Version 1"]
    assert "Quarterly" in config(project, "history").stdout
    assert (
        "    1 task added, 1 task removed, 1 file added, 1 file changed, 1 file removed"
        in config(project, "history").stdout
    )
    assert json.loads(config(project, "history", "--json", "--limit", 1).stdout)["versions"][0]["tree"] == 1


def test_exit_codes_tell_what_failed_from_what_was_wrong(project, archive, tmp_path):
    write_json(tmp_path / "next" / "config" / "data_tasks.json", {"dataTasks": [{"id": "A", "pythonFile": "no.py"}]})
    broken = shutil.make_archive(str(tmp_path / "broken"), "gztar", tmp_path / "next")

    failed = config(project, "update", "--archive", broken)
    assert failed.exit_code == 1
    assert "config/data_tasks.json:5:21: error: The file 'no.py' does not exist" in failed.stderr
    assert config(project, "update", "--repository", "https://example.org/a").exit_code == 1
    as_json = config(project, "update", "--repository", "https://example.org/a", "--json")
    assert json.loads(as_json.stdout)["error"]["kind"] == "refused"
    for wrong in (["update"], ["update", "--archive", archive, "--from-directory"], ["rollback", "9", "--yes"]):
        assert config(project, *wrong).exit_code == 2, wrong


def test_a_server_follows_without_a_restart_and_tasks_still_find_their_data(tmp_path):
    root = copy_of_sample(tmp_path / "sample")
    with serving(root) as server:
        before = {task["id"] for task in server.get("/api/tasks")["tasks"]}
        (root / "data_tasks" / "reads.py").write_text("print(sorted(__import__('os').listdir('../data'))[0])")
        tasks = json.loads((root / "config" / "data_tasks.json").read_text())
        tasks["dataTasks"].append({"id": "READS", "name": "Reads", "pythonFile": "reads.py"})
        write_json(root / "config" / "data_tasks.json", tasks)
        assert config(root, "update", "--from-directory").exit_code == 0
        write_json(root / "config" / "data_tasks.json", {"dataTasks": []})

        deadline = time.monotonic() + 20
        while {task["id"] for task in server.get("/api/tasks")["tasks"]} != before | {"READS"}:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        run = server.submit("READS")
        assert server.wait(run)["status"] == "succeeded"
        said = "".join(event.get("text", "") for event in server.events(run) if event["type"] == "stream")
        assert said.strip() == min(path.name for path in (root / "data").iterdir())
