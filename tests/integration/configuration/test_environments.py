"""A version's own requirements: an environment of their own, before anybody gets to see the version."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

from taskdeck import app
from taskdeck.configuration import environments
from taskdeck.configuration.failure import Kind
from taskdeck.model.run import RunStatus, Trigger
from taskdeck.store import runs

from .conftest import Configured, archive_of

SAYS = "import canary\nfrom taskdeck import sdk\nsdk.log(canary.VALUE)"


def make_wheel(directory: Path, version: str) -> None:
    """The package `canary`, which says its version."""
    directory.mkdir(exist_ok=True)
    about = f"canary-{version}.dist-info"
    files = {
        "canary.py": f"VALUE = {version!r}\n",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: canary\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{about}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{about}/RECORD"])
    with zipfile.ZipFile(directory / f"canary-{version}-py3-none-any.whl", "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)


def project(requirements: str, **task: str) -> bytes:
    tasks = [{"id": "SAY", "pythonFile": "say.py", **task}]
    return archive_of(
        {
            "config/data_tasks.json": json.dumps({"dataTasks": tasks}),
            "data_tasks/say.py": SAYS,
            "requirements.txt": requirements,
        }
    )


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where packages come from, with no network, as an operator would set it for pip and uv."""
    directory = tmp_path / "wheels"
    for version in ("1.0", "2.0"):
        make_wheel(directory, version)
    for tool in ("PIP", "UV"):
        monkeypatch.setenv(f"{tool}_NO_INDEX", "1")
        monkeypatch.setenv(f"{tool}_FIND_LINKS", str(directory))
    return directory


INSTALLER = """#!{python}
import pathlib, re, subprocess, sys, zipfile
if sys.argv[1] == "venv":
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", sys.argv[-1]], check=True)
else:
    python, file = (pathlib.Path(sys.argv[sys.argv.index(name) + 1]) for name in ("--python", "-r"))
    (packages,) = python.parent.parent.glob("lib/*/site-packages")
    for version in re.findall("(?m)^canary==(.*)$", file.read_text()):
        wheel = pathlib.Path({index!r}, f"canary-{{version}}-py3-none-any.whl")
        if not wheel.exists():
            sys.exit(f"There is no canary {{version}}")
        zipfile.ZipFile(wheel).extractall(packages)
"""


@pytest.fixture
def quickly(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installer that takes a tenth of a second, and is called like uv."""
    installer = tmp_path / "quickly"
    installer.write_text(INSTALLER.format(python=sys.executable, index=str(index)))
    installer.chmod(0o755)
    monkeypatch.setattr(environments, "_uv", lambda: str(installer))


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_pip_and_uv_install_what_a_version_requires(
    configured: Configured, installer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if installer == "pip":
        monkeypatch.setattr(environments, "_uv", lambda: None)
    elif environments._uv() is None:
        pytest.skip("needs uv")

    configured.apply("archive", project("canary==1.0"))

    assert said_by_a_run(configured)[0] == ["1.0"]


def said_by_a_run(configured: Configured) -> tuple[list[str], dict[str, object]]:
    with app.open_application(configured.settings) as application:
        run, _ = application.service.submit("SAY", {}, trigger=Trigger.API)
        application.worker(dedicated_to=run).run_until(threading.Event())
        ended = application.service.run(run.id)
        assert ended.status is RunStatus.SUCCEEDED, list(application.service.all_events(run.id))
        with application.database.read() as connection:
            definition = runs.definition(connection, run.id)
        events = application.service.all_events(run.id)
        return [event["text"] for event in events if event["type"] == "message"], definition


@pytest.mark.usefixtures("quickly")
def test_tasks_run_with_the_requirements_of_their_version(configured: Configured) -> None:
    made = configured.apply("archive", project("canary==1.0")).version
    assert made is not None
    said, definition = said_by_a_run(configured)
    assert (said, definition["environment"]) == (["1.0"], str(configured.versions.environments / made.environment))

    configured.apply("archive", project("canary==2.0"))
    assert said_by_a_run(configured)[0] == ["2.0"]

    configured.apply("rollback", version=made.number)
    assert said_by_a_run(configured)[0] == ["1.0"]
    with pytest.raises(ModuleNotFoundError):
        __import__("canary")


@pytest.mark.usefixtures("quickly")
def test_what_cannot_be_installed_makes_no_version(configured: Configured) -> None:
    failed = configured.fails("archive", project("canary==3.0"))

    assert failed.kind is Kind.ENVIRONMENT_FAILED
    assert "canary" in failed.message
    assert list(configured.versions.environments.iterdir()) == []


@pytest.mark.usefixtures("quickly")
def test_versions_with_the_same_requirements_share_one(configured: Configured) -> None:
    first = configured.apply("archive", project("canary==1.0")).version
    second = configured.apply("archive", project("# the same\ncanary==1.0", name="Other")).version

    assert first is not None
    assert second is not None
    assert first.environment == second.environment != ""
    assert len(list(configured.versions.environments.iterdir())) == 1


@pytest.mark.usefixtures("quickly")
def test_one_goes_with_the_last_version_and_the_last_run_that_need_it(configured: Configured) -> None:
    configured.set(versions_kept=2)
    first = configured.apply("archive", project("canary==1.0")).version
    assert first is not None
    of_first = configured.versions.environments / first.environment
    with app.open_application(configured.settings) as application:
        run, _ = application.service.submit("SAY", {}, trigger=Trigger.API)
    for name in ("B", "C"):
        configured.apply("archive", project("canary==2.0", name=name))
    assert of_first.is_dir()

    with app.open_application(configured.settings) as application:
        application.worker(dedicated_to=run).run_until(threading.Event())
        assert application.service.run(run.id).status is RunStatus.SUCCEEDED
    second = configured.apply("archive", project("canary==2.0", name="D")).version

    assert second is not None
    assert [each.name for each in configured.versions.environments.iterdir()] == [second.environment]


@pytest.mark.usefixtures("quickly")
def test_a_plan_installs_nothing(configured: Configured) -> None:
    configured.apply("archive", project("canary==1.0"), dry_run=True)

    assert not configured.versions.environments.exists()


@pytest.mark.usefixtures("quickly")
def test_a_task_may_have_its_own(configured: Configured, index: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(own)], check=True)
    (packages,) = own.glob("lib/*/site-packages")
    with zipfile.ZipFile(index / "canary-1.0-py3-none-any.whl") as wheel:
        wheel.extractall(packages)
    configured.apply("archive", project("canary==2.0", environment=str(own)))

    said, definition = said_by_a_run(configured)
    assert (said, definition["environment"]) == (["1.0"], str(own))


def test_an_installer_goes_with_the_update_that_is_killed(configured: Configured, tmp_path: Path) -> None:
    """An installer that hangs stands in for one that takes long; nothing of it is left to serve or to be found."""
    hanging = tmp_path / "hanging"
    hanging.mkdir()
    (hanging / "uv").write_text(f'#!/bin/sh\necho $$ > {tmp_path}/pid\nmkdir -p "$6"\nexec sleep 1000\n')
    (hanging / "uv").chmod(0o755)
    code = (
        "import io, json, pathlib, sys\n"
        "from taskdeck.configuration import environments, update\n"
        "from taskdeck.configuration.request import Action, Request\n"
        "from taskdeck.model.config_version import ConfigTrigger\n"
        "from taskdeck.settings import from_environment\n"
        f"environments._uv = lambda: {str(hanging / 'uv')!r}\n"
        "request = Request(action=Action.ARCHIVE, trigger=ConfigTrigger.CLI)\n"
        "update.apply(from_environment(pathlib.Path(sys.argv[1]), {}), request, sys.stdin.buffer)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(configured.root)], stdin=subprocess.PIPE)
    assert child.stdin is not None
    child.stdin.write(project("canary==1.0"))
    child.stdin.close()
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text().strip():
        assert child.poll() is None
    child.send_signal(signal.SIGKILL)
    child.wait()

    pid = int((tmp_path / "pid").read_text())
    while _is_running(pid):
        pass
    assert configured.versions.active() is None
    configured.apply("directory")
    assert not any(configured.versions.environments.glob("*"))


def _is_running(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def test_one_that_takes_too_long_is_ended(
    configured: Configured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "uv").write_text("#!/bin/sh\nsleep 1000\n")
    (tmp_path / "uv").chmod(0o755)
    monkeypatch.setattr(environments, "_uv", lambda: str(tmp_path / "uv"))
    configured.set(timeout_seconds=1)

    failed = configured.fails("archive", project("canary==1.0"))

    assert failed.kind is Kind.TIMED_OUT


def test_the_servers_secrets_are_not_the_installers(monkeypatch: pytest.MonkeyPatch) -> None:
    from taskdeck.configuration import command

    monkeypatch.setenv("TASKDECK_TOKEN", "canary")
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example.org")

    inherited = command.inherited(without=("PYTHON",))
    assert "canary" not in inherited.values()
    assert inherited["PIP_INDEX_URL"] == "https://index.example.org"
