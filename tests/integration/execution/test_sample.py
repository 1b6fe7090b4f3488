"""The sample that a project without tasks is offered."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from taskdeck import app
from taskdeck.app import Application
from taskdeck.catalog import layout, loader
from taskdeck.catalog.starter import NotEmpty
from taskdeck.execution import sample
from taskdeck.execution.sample import ProjectUnwritable
from taskdeck.settings import from_environment


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Application]:
    project = tmp_path / "project"
    project.mkdir()
    with app.open_application(from_environment(project, {})) as opened:
        yield opened


def test_an_empty_project_gets_tasks_without_a_restart_and_only_once(application: Application) -> None:
    service = application.service
    root = service.catalog().project.root

    written = service.write_sample()

    assert "data_tasks/hello.ipynb" in written
    assert all((root / name).is_file() for name in written)
    deadline = time.monotonic() + 60
    while not service.catalog().tasks:
        assert time.monotonic() < deadline, "the tasks were not seen"
        time.sleep(0.02)
    assert set(service.catalog().tasks) == {"HELLO_NOTEBOOK", "HELLO_SCRIPT"}
    with pytest.raises(NotEmpty, match="has tasks already"):
        service.write_sample()


def test_a_project_that_cannot_be_written_says_so_and_keeps_no_half_of_the_sample(application: Application) -> None:
    root = application.service.catalog().project.root
    (root / "data_tasks").write_text("a file where the directory would be")

    with pytest.raises(ProjectUnwritable, match=f"The directory {root} cannot be written"):
        application.service.write_sample()

    assert not any((root / "config").iterdir())


def test_an_empty_list_of_tasks_is_added_to_and_the_rest_of_the_configuration_stays(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.mkdir()
    kept = {
        "data_connections.json": '{"dataConnections": []}',
        "config.json": '{"dataConnectionParameters": {}}',
    }
    for name, text in {"data_tasks.json": '{\n\t"$schema": "mine.json",\n\t"dataTasks": []\n}\n', **kept}.items():
        (config / name).write_text(text, encoding="utf-8")
    project = loader.load(layout.find_project(tmp_path))
    assert sample.is_offered(project)

    written = sample.write(project)

    assert set(written) == {
        "config/data_tasks.json",
        "config/navigation.json",
        "data_tasks/hello.ipynb",
        "data_tasks/hello.py",
    }
    assert {name: (config / name).read_text(encoding="utf-8") for name in kept} == kept
    declared = (config / "data_tasks.json").read_text(encoding="utf-8")
    assert declared.startswith('{\n\t"$schema": "mine.json",\n\t"dataTasks": [\n\t\t{\n\t\t\t"id": "HELLO_NOTEBOOK",')
    after = loader.load(layout.find_project(tmp_path))
    assert (set(after.tasks), after.problems) == ({"HELLO_NOTEBOOK", "HELLO_SCRIPT"}, ())


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"data_tasks/hello.py": "print('mine')\n"}, "data_tasks/hello.py exists already"),
        ({"config/data_tasks.json": '{"dataTasks": ['}, "has errors"),
        ({"duft-config/system/data_tasks.json": '{"dataTasks": []}'}, "native layout"),
    ],
)
def test_the_sample_is_not_offered_where_it_would_be_refused(
    tmp_path: Path, files: dict[str, str], reason: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    project = loader.load(layout.find_project(tmp_path))

    assert not sample.is_offered(project)
    with pytest.raises(NotEmpty, match=reason):
        sample.write(project)

    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()} == set(files)
