"""The sample that a project without tasks is offered."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from taskdeck import app
from taskdeck.app import Application
from taskdeck.catalog.starter import NotEmpty
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
