"""A project whose configuration is updated in this process."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from factories import make_project

from taskdeck import app
from taskdeck.catalog import layout, loader
from taskdeck.configuration import update
from taskdeck.configuration.edits import Edit, Item, Operation
from taskdeck.configuration.failure import UpdateFailed
from taskdeck.configuration.request import Action, Request, Result
from taskdeck.configuration.versions import Versions
from taskdeck.model.config_version import ConfigTrigger
from taskdeck.model.project import Catalog
from taskdeck.settings import Settings, from_environment


class Configured:
    """A project, and the requests that change its configuration."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.root = settings.project
        self.versions = Versions.of(settings)

    def set(self, **rules: Any) -> None:
        """Other rules of the operator's."""
        self.settings = replace(self.settings, configuration=replace(self.settings.configuration, **rules))

    def catalog(self) -> Catalog:
        return loader.load(self.versions.served(layout.find_project(self.root)))

    def apply(self, action: str, archive: bytes | None = None, **values: Any) -> Result:
        content = None if archive is None else io.BytesIO(archive)
        values = {"trigger": ConfigTrigger.CLI, **values}
        return update.apply(self.settings, Request(action=Action(action), **values), content)

    def upload(self, files: Mapping[str, str], **values: Any) -> Result:
        return self.apply("archive", archive_of(files), file="project.tar.gz", **values)

    def edit(self, operation: str, item: str, id_: str, value: Any = None, *, name: str = "", **values: Any) -> Result:
        edit = Edit(item=Item(item), operation=Operation(operation), id=id_, name=name, value=value)
        return self.apply("edit", edits=(edit,), **values)

    def fails(self, action: str, archive: bytes | None = None, **values: Any) -> UpdateFailed:
        """Why the request is not fulfilled; after which all is as it was."""
        before = self.everything()
        with pytest.raises(UpdateFailed) as failed:
            self.apply(action, archive, **values)
        assert self.everything() == before
        return failed.value

    def everything(self) -> dict[str, bytes]:
        """All files of the project and of its state, but for the lock."""
        found = {}
        for directory, _, names in os.walk(self.root):
            for name in names:
                path = Path(directory, name)
                if path != self.settings.configuration_directory / "lock" and not path.is_symlink():
                    found[str(path)] = path.read_bytes()
        return found


def archive_of(files: Mapping[str, str]) -> bytes:
    """The same bytes for the same files, whenever it is made."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as made:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            made.addfile(entry, io.BytesIO(text.encode()))
    return gzip.compress(content.getvalue(), mtime=0)


@pytest.fixture
def configured(tmp_path: Path) -> Configured:
    """A project with the task LOAD and the connection ANA, and no version yet."""
    root = make_project(
        tmp_path / "project",
        files={"load.py": "print('directory')"},
        connections={"ANA": {}, "LAB": {}},
        values={"ANA": {"type": "sqlite3"}},
    )
    (root / "data").mkdir()
    (root / "data" / "input.csv").write_text("1")
    settings = from_environment(root, {"TASKDECK_POOL_SIZE": "0"})
    app.prepare_state_directory(settings)
    return Configured(settings)
