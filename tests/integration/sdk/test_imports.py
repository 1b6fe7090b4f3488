"""What importing the SDK and its aliases loads, and what it leaves alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from taskdeck.sdk import authoring

from .conftest import Tasks

ROOTS = [
    "services.dte_tools.data_task_tools",
    "api_data_task_executioner.data_task_tools",
    "src.dte.data_task_tools",
    "src.dte.dte_tools",
    "flask_app.dte.dte_tools",
]
SYMBOLS = [
    "DataTaskEnvironment",
    "assert_dte_tools_available",
    "directories",
    "find_json_arg",
    "get_data_dir",
    "get_directories",
    "get_duft_config",
    "get_resolved_parameters_for_connection",
    "get_temp_dir",
    "initialise_data_task",
    "log_error",
    "log_message",
    "post_file_to_duft_server",
    "purge_temp_dir",
    "set_data_task_name",
]
FORBIDDEN = ("flask", "sqlalchemy", "pydantic", "pandas", "numpy", "watchfiles", "cryptography", "gevent", "click")


@pytest.mark.parametrize(
    "code",
    [
        "from taskdeck import sdk",
        "from taskdeck import sdk; sdk.log('x'); sdk.output('n', {'a': 1}); list(sdk.progress('abc')); sdk.params({})",
        "from taskdeck import sdk\ntry: sdk.connection('X')\nexcept LookupError: pass",
        "from services.dte_tools.data_task_tools import *; initialise_data_task('x'); get_temp_dir(); purge_temp_dir()",
        "from services.dte_tools.update_tools import *",
        "import taskdeck.sdk.authoring, taskdeck.sdk.duft_uploads",
    ],
)
def test_a_task_process_never_loads_the_server_nor_libraries(code: str, tasks: Tasks) -> None:
    result = tasks.run(f"import sys\n{code}\nprint('loaded:', *sorted(sys.modules))")

    assert result.code == 0, result.err
    loaded = result.out.rpartition("loaded:")[2].split()
    assert "taskdeck.sdk" in loaded
    assert [name for name in loaded if name.split(".")[0] in FORBIDDEN] == []
    server = (
        "taskdeck.web",
        "taskdeck.store",
        "taskdeck.execution",
        "taskdeck.app",
        "taskdeck.cli",
        "taskdeck.settings",
    )
    assert [name for name in loaded if name.startswith(server)] == []


def test_importing_the_sdk_loads_little() -> None:
    """Counted in modules, because times are those of the machine; what costs most is named."""
    code = "import sys; before = set(sys.modules); from taskdeck import sdk; print(*set(sys.modules) - before)"
    loaded = set(subprocess.check_output([sys.executable, "-I", "-c", code], text=True).split())

    assert (
        loaded & {"json", "re", "socket", "typing", "dataclasses", "inspect", "pathlib", "asyncio", "urllib"} == set()
    )
    assert len(loaded) < 30


@pytest.mark.parametrize("root", ROOTS)
def test_each_import_root_has_every_symbol(root: str, tasks: Tasks) -> None:
    result = tasks.run(f"from {root} import {', '.join(SYMBOLS)}\nprint({SYMBOLS[-1]}.__module__)")
    assert (result.code, result.err, result.out) == (0, "", "taskdeck.sdk.duft\n")


@pytest.mark.parametrize(
    "line",
    [
        "from services.dte_tools.update_tools import download_github_repo",
        "from core.update_tools import download_github_repo",
        "from core.environment import Environment",
        "import services.config.service.config_directories",
        "from services.config.service import config_directories",
        "from services.config.service.config_directories import directories, get_directories",
    ],
)
def test_the_other_import_roots(line: str, tasks: Tasks) -> None:
    assert tasks.run(line).err == ""


def test_all_roots_share_one_state(tasks: Tasks) -> None:
    imports = "\n".join(f"import {root}" for root in ROOTS)
    names = ", ".join(f"{root}.directories" for root in ROOTS)
    result = tasks.run(
        f"{imports}\nassert len({{id(each) for each in ({names})}}) == 1\n"
        "src.dte.dte_tools.set_data_task_name('shared')\nservices.dte_tools.data_task_tools.log_message('x')"
    )
    assert result.err == ""
    assert result.out.endswith("shared >>>: x\n")


@pytest.mark.parametrize("package", ["services", "src", "core", "flask_app", "api_data_task_executioner"])
def test_an_authors_folder_of_the_same_name_imports_beside_ours(package: str, tasks: Tasks) -> None:
    (tasks.directory / package).mkdir()
    (tasks.directory / package / "mine.py").write_text("NAME = 'mine'", encoding="utf-8")

    result = tasks.run(
        f"from {package} import mine\nprint(mine.NAME)\n" + "\n".join(f"import {root}" for root in ROOTS)
    )
    assert (result.out, result.err) == ("mine\n", "")


def test_an_authors_package_of_the_same_name_is_not_shadowed(tasks: Tasks) -> None:
    for package in ("core", "services"):
        (tasks.directory / package).mkdir()
        (tasks.directory / package / "__init__.py").write_text(f"NAME = 'my {package}'", encoding="utf-8")

    result = tasks.run("import core, services, src.dte.dte_tools\nprint(core.NAME, services.NAME)")
    assert (result.out, result.err) == ("my core my services\n", "")


def test_an_installed_package_of_the_same_name_is_not_shadowed(tasks: Tasks, tmp_path: Path) -> None:
    """The aliases come before site-packages on the path; a folder without ``__init__.py`` still gives way."""
    (tmp_path / "installed" / "core").mkdir(parents=True)
    (tmp_path / "installed" / "core" / "__init__.py").write_text("NAME = 'installed'", encoding="utf-8")

    result = tasks.run(f"import sys; sys.path.append({str(tmp_path / 'installed')!r})\nimport core\nprint(core.NAME)")
    assert (result.out, result.err) == ("installed\n", "")


def test_the_aliases_hold_no_package_that_could_shadow_another() -> None:
    assert [str(path) for path in authoring.ALIASES.rglob("__init__.py")] == []


def test_a_helper_module_beside_the_task(tasks: Tasks) -> None:
    (tasks.directory / "data_task_helpers.py").write_text("def something():\n    return 'helped'", encoding="utf-8")
    result = tasks.run("from data_task_helpers import something\nprint(something())")
    assert (result.out, result.err) == ("helped\n", "")
