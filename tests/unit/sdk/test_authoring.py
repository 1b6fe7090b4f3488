from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import taskdeck
from taskdeck.sdk import authoring


def test_enabling_and_disabling_are_idempotent(tmp_path: Path) -> None:
    file = tmp_path / "taskdeck-authoring.pth"

    assert not authoring.status(tmp_path).is_enabled
    for _ in range(2):
        assert authoring.enable(tmp_path) == authoring.Status(file=file, is_enabled=True)
    assert file.read_text(encoding="utf-8") == f"{authoring.ALIASES}\n"
    for _ in range(2):
        assert authoring.disable(tmp_path) == authoring.Status(file=file, is_enabled=False)
    assert not file.exists()


def test_a_file_of_another_installation_is_renewed(tmp_path: Path) -> None:
    (tmp_path / authoring.FILE_NAME).write_text("/moved/away\n", encoding="utf-8")

    assert not authoring.status(tmp_path).is_enabled
    assert authoring.enable(tmp_path).is_enabled


def test_an_environment_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    # Permissions do not bind root; that the file's name is taken by a directory binds everybody.
    (tmp_path / authoring.FILE_NAME).mkdir()
    with pytest.raises(authoring.CannotChangeEnvironment, match=r"cannot be changed.*-m venv"):
        authoring.enable(tmp_path)


def test_an_environment_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(authoring.CannotChangeEnvironment, match=r"No such file.*-m venv"):
        authoring.enable(tmp_path / "missing")


def test_a_real_environment_imports_the_aliases_only_while_enabled(tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=False, symlinks=os.name != "nt")
    python = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    server = str(Path(next(iter(taskdeck.__path__))).parent)
    site_packages = Path(
        subprocess.check_output(
            [python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"], text=True
        ).strip()
    )

    def imports() -> bool:
        code = f"import sys; sys.path.append({server!r}); import services.dte_tools.data_task_tools"
        return subprocess.run([python, "-I", "-c", code], capture_output=True, check=False).returncode == 0

    assert sys.prefix != str(tmp_path / "env")
    assert not imports()
    authoring.enable(site_packages)
    assert imports()
    authoring.disable(site_packages)
    assert not imports()
