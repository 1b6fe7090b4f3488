import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVER_LIBRARIES = ["flask", "sqlalchemy", "pydantic", "watchfiles", "gevent", "cryptography", "alembic"]


def test_imports_point_down():
    # In a process of its own: it sets up logging anew, which silences the loggers that later tests listen to.
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(cache_dir=None))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def modules_loaded_by(statement):
    code = f"import sys; {statement}; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import taskdeck.runner.main",
        "import taskdeck.runner.notebook",
        "from taskdeck import sdk; sdk.log",
        "import taskdeck.sdk.duft",
    ],
)
def test_a_process_of_a_task_never_loads_the_server(statement):
    loaded = modules_loaded_by(statement)

    assert [name for name in SERVER_LIBRARIES if name in loaded] == []
    assert not any(name.startswith(("taskdeck.execution", "taskdeck.store", "taskdeck.web")) for name in loaded)


def test_a_script_waits_for_no_notebook_library():
    loaded = modules_loaded_by("import taskdeck.runner.main")

    assert loaded.isdisjoint({"nbclient", "nbformat", "papermill", "jupyter_client", "pandas"})


def test_help_waits_for_no_server_library():
    assert modules_loaded_by("import taskdeck.cli").isdisjoint(SERVER_LIBRARIES)
