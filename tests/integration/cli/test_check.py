"""``taskdeck check``: what it prints, in which form, and how it exits."""

import json
import re
import shlex
import sys
import venv
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner
from factories import make_notebook, make_project, write_json
from sarif_schema import SARIF

from taskdeck.cli import main
from taskdeck.lint.rules import Rule

ROOT = Path(__file__).parents[3]
SDK = "from taskdeck import sdk\n"


def check(*arguments):
    return CliRunner().invoke(main, ["check", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture
def project(tmp_path):
    return make_project(
        tmp_path / "project",
        files={
            "sound.py": SDK + 'print(sdk.params()["year"])\n',
            "warns.py": SDK + 'sdk.params().get("month", 1)\n',
            "fails.ipynb": make_notebook("import time", "x = = 1"),
        },
        tasks={"SOUND": {"supportedParameters": {"year": {"defaultValue": 2024, "allowOverride": True}}}},
    )


def test_every_finding_is_a_line_with_its_place_its_rule_and_what_to_do(project):
    done = check(project)

    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert len(lines) == 2
    assert re.fullmatch(r"data_tasks/fails\.ipynb:\d+:\d+: error: cell 2, line 1: .* \[syntax\]", lines[0])
    assert re.fullmatch(
        r"data_tasks/warns\.py:2:1: warning: .*'month'.* Declare it .* \[undeclared-parameter\]", lines[1]
    )
    assert done.stderr == "3 tasks, 0 connections, 2 problems\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 1),
        (["--task", "SOUND"], 0),
        (["--task", "WARNS"], 0),
        (["--task", "WARNS", "--strict"], 1),
        (["--task", "SOUND", "--task", "FAILS"], 1),
        (["--no-lint", "--strict"], 0),
        (["--ignore", "syntax"], 0),
        (["--ignore", "syntax", "--strict"], 1),
        (["--task", "NOWHERE"], 2),
        (["--ignore", "nonsense"], 2),
        (["--format", "xml"], 2),
    ],
)
def test_the_exit_code_tells_sound_broken_and_wrongly_asked(project, arguments, code):
    assert check(project, *arguments).exit_code == code


def test_a_directory_without_a_project_is_a_wrong_request(tmp_path):
    done = check(tmp_path)

    assert (done.exit_code, done.stdout) == (2, "")
    assert "There is no project at" in done.stderr


def test_an_unknown_task_is_told_with_the_error_that_may_hide_it(project):
    (project / "config/data_tasks.json").write_text('{"dataTasks": [,]}')

    done = check(project, "--task", "SOUND")

    assert done.exit_code == 2
    assert "There is no task 'SOUND'" in done.stderr
    assert "config/data_tasks.json:1:16: error:" in done.stderr


def test_json_holds_the_same_findings_for_programs(project):
    report = json.loads(check(project, "--format", "json").stdout)

    assert (report["version"], report["errors"], report["warnings"]) == (1, 1, 1)
    assert [finding["rule"] for finding in report["findings"]] == ["syntax", "undeclared-parameter"]
    broken = report["findings"][0]
    assert (broken["file"], broken["cell"], broken["cell_line"]) == ("data_tasks/fails.ipynb", 2, 1)
    assert (broken["severity"], broken["tasks"]) == ("error", ["FAILS"])
    line = (project / broken["file"]).read_text().splitlines()[broken["line"] - 1]
    assert line[broken["column"] - 1] == "="


@pytest.mark.parametrize("arguments", [[], ["--task", "SOUND"]])
def test_sarif_is_as_its_standard_has_it(project, arguments):
    write_json(project / "config/navigation.json", {"dataTasks": [{"task": "LOST"}]})

    document = json.loads(check(project, "--format", "sarif", *arguments).stdout)

    jsonschema.Draft202012Validator(SARIF).validate(document)
    [run] = document["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    assert [result["ruleId"] for result in run["results"]][-2:] == (
        ["configuration"] if arguments else ["syntax", "undeclared-parameter"]
    )


def test_problems_of_the_configuration_are_printed_as_ever(project):
    write_json(project / "config/data_tasks.json", {"dataTasks": [{"id": "LOST", "pythonFile": "lost.py"}]})

    done = check(project)

    assert done.exit_code == 1
    assert done.stdout.startswith("config/data_tasks.json:5:21: error: The file 'lost.py' does not exist")
    assert done.stdout.rstrip().endswith("(expected a file in data_tasks/)")


def test_a_parameter_that_nothing_reads_is_told_where_it_is_declared(project):
    (project / "data_tasks/sound.py").write_text("print(1)\n")

    [finding] = json.loads(check(project, "--task", "SOUND", "--format", "json").stdout)["findings"]

    declared = (project / finding["file"]).read_text().splitlines()[finding["line"] - 1]
    assert finding["rule"] == "unused-parameter"
    assert declared[finding["column"] - 1 :].startswith('"year"')


@pytest.mark.parametrize(
    "source",
    [
        "import nowhere_to_be_found",
        "from nowhere_to_be_found.deep import thing",
        "import helper",
        "import time\nimport importlib\nimport nowhere_to_be_found as x\n",
        "import package.inner",
        "from package import inner",
        "try:\n    import nowhere_to_be_found\nexcept ImportError as error:\n    raise SystemExit() from error",
    ],
)
def test_a_module_that_is_not_installed_is_an_error(project, source):
    (project / "data_tasks/helper.py").write_text("import nowhere_to_be_found\n")
    (project / "data_tasks/package").mkdir()
    (project / "data_tasks/package/inner.py").write_text("from . import deeper\n")
    (project / "data_tasks/package/deeper.py").write_text("import nowhere_to_be_found\n")
    (project / "data_tasks/sound.py").write_text(source + "\n")

    found = json.loads(check(project, "--task", "SOUND", "--format", "json").stdout)["findings"]

    [finding] = [each for each in found if each["rule"] == "missing-import"]
    assert finding["severity"] == "error"
    assert sys.executable in finding["message"]
    module = {"import helper": "helper"}.get(source, "package/deeper" if "package" in source else "sound")
    assert finding["file"] == f"data_tasks/{module}.py"


@pytest.mark.parametrize(
    "source",
    [
        "import os.path, json, pandas, taskdeck.sdk\nfrom services.dte_tools.data_task_tools import log_message",
        "import beside\nfrom package.inner import thing\nfrom . import other",
        "try:\n    import nowhere_to_be_found\nexcept ImportError:\n    pass",
        "import contextlib\nwith contextlib.suppress(ModuleNotFoundError):\n    import nowhere_to_be_found",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import nowhere_to_be_found",
        "try:\n    import tomllib\nexcept ImportError:\n    import nowhere_to_be_found as tomllib",
        "import sys\nif sys.version_info < (3, 8):\n    import nowhere_to_be_found",
        "import sys\nif sys.platform == 'elsewhere':\n    import nowhere_to_be_found",
        "import os\nif os.name == 'elsewhere':\n    import nowhere_to_be_found",
        "from importlib.util import find_spec\nif find_spec('nowhere'):\n    import nowhere_to_be_found",
        "import sys\nsys.path.insert(0, '/opt/lib')\nimport nowhere_to_be_found",
        "import nowhere_to_be_found  # taskdeck: ignore[missing-import]",
    ],
)
def test_a_module_that_is_there_or_may_be_missing_is_none(project, source):
    (project / "data_tasks/beside.py").write_text("raise SystemExit('nothing of a project is imported')\n")
    (project / "data_tasks/package").mkdir()
    (project / "data_tasks/sound.py").write_text(source + "\n")

    assert check(project, "--task", "SOUND", "--ignore", "unused-parameter").stdout == ""


def test_imports_are_those_of_the_environment_that_the_task_names(project):
    venv.create(project / "env", with_pip=False)
    tasks = json.loads((project / "config/data_tasks.json").read_text())
    tasks["dataTasks"][0]["environment"] = "env"
    tasks["dataTasks"][1]["environment"] = "no/such/python"
    write_json(project / "config/data_tasks.json", tasks)
    (project / "data_tasks/sound.py").write_text(SDK + "import json, pandas\nprint(sdk.params())\n")

    found = json.loads(check(project, "--format", "json").stdout)["findings"]

    [missing] = [each for each in found if each["rule"] == "missing-import"]
    assert (missing["file"], "'pandas'" in missing["message"]) == ("data_tasks/sound.py", True)
    [unknown] = [each for each in found if each["rule"] == "environment"]
    assert (unknown["tasks"], "no/such/python" in unknown["message"]) == (["WARNS"], True)


def test_a_kernel_that_is_not_installed_is_an_error(project):
    kernel = {"kernelspec": {"name": "no-such-kernel", "display_name": "None", "language": "python"}}
    (project / "data_tasks/fails.ipynb").write_text(json.dumps(make_notebook("x = 1", metadata=kernel)))

    assert "no-such-kernel" in check(project, "--task", "FAILS").stdout


def test_a_file_that_several_tasks_run_is_reported_once(tmp_path):
    project = make_project(tmp_path, files={"a.py": "x = = 1\n"}, tasks={"A": {}})
    tasks = json.loads((project / "config/data_tasks.json").read_text())
    tasks["dataTasks"].append({**tasks["dataTasks"][0], "id": "B"})
    write_json(project / "config/data_tasks.json", tasks)

    [finding] = json.loads(check(project, "--format", "json").stdout)["findings"]

    assert finding["tasks"] == ["A", "B"]


def test_the_sample_project_is_clean():
    done = check(ROOT, "--strict")

    assert (done.exit_code, done.stdout) == (0, "")


def test_the_project_of_duft_has_no_errors():
    assert check(ROOT / "tests/projects/duft").exit_code == 0


def test_hundreds_of_tasks_are_checked(tmp_path):
    files = {f"task_{number}.py": f"x = = {number}\n" for number in range(300)}
    project = make_project(tmp_path, files=files)

    assert len(check(project).stdout.splitlines()) == 300


def test_the_hooks_of_pre_commit_are_complete_and_their_commands_work(project, monkeypatch):
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    monkeypatch.chdir(project)

    assert [hook["id"] for hook in hooks] == ["taskdeck-check", "taskdeck-check-installed"]
    for hook in hooks:
        # https://pre-commit.com/#new-hooks
        assert {"id", "name", "entry", "language", "files", "pass_filenames"} <= hook.keys()
        assert hook["language"] in ("python", "system")
        assert all(re.search(hook["files"], name) for name in ("a.py", "a b.ipynb", "config/data_tasks.json"))
        program, *arguments = shlex.split(hook["entry"])
        assert program == "taskdeck"
        assert CliRunner().invoke(main, arguments, catch_exceptions=False).exit_code == 1


def test_every_rule_is_documented_for_authors():
    guide = (ROOT / "docs/author.md").read_text(encoding="utf-8")

    assert [rule for rule in Rule if f"| `{rule}` |" not in guide] == []


def test_a_module_of_a_package_beside_the_task_may_read_its_parameters(tmp_path):
    project = make_project(
        tmp_path,
        files={"a.py": "from package.inner import year\nyear()\n"},
        tasks={"A": {"supportedParameters": {"year": {"defaultValue": 2024}, "month": {"defaultValue": 1}}}},
    )
    (project / "data_tasks/package").mkdir()
    (project / "data_tasks/package/inner.py").write_text("import os\ndef year():\n    return os.environ['YEAR']\n")

    [finding] = json.loads(check(project, "--format", "json").stdout)["findings"]

    assert (finding["rule"], "'month'" in finding["message"]) == ("unused-parameter", True)


@pytest.mark.parametrize(
    ("started_in", "expected"), [("", "deck/config/"), ("deck", "config/"), ("deck/config", "config/")]
)
def test_files_are_named_as_seen_from_where_the_check_was_started(tmp_path, monkeypatch, started_in, expected):
    project = make_project(tmp_path / "deck", files={"load.py": ""})
    (project / "data_tasks" / "load.py").unlink()
    monkeypatch.chdir(tmp_path / started_in)

    (line,) = check(project).stdout.splitlines()
    document = json.loads(check(project, "--format", "sarif").stdout)

    assert line.startswith(f"{expected}data_tasks.json:")
    (found,) = document["runs"][0]["results"]
    assert found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == f"{expected}data_tasks.json"
