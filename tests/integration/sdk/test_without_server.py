"""Tasks run by hand: what they print, and what they find."""

from __future__ import annotations

import re
from pathlib import Path

from factories import make_project, write_json

from .conftest import Tasks

LINE = r"\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\] %s - %s: %s"


def test_duft_messages_are_printed_as_duft_prints_them(tasks: Tasks) -> None:
    result = tasks.run(
        """
import sys
from services.dte_tools.data_task_tools import assert_dte_tools_available, find_json_arg, initialise_data_task
assert_dte_tools_available()
environment = initialise_data_task("Sample Data Task", params=find_json_arg(sys.argv))
environment.log_message("Reading %")
environment.log_error("It failed")
initialise_data_task("Other")
print(environment.current_data_task_name, environment.params)
""",
        '{"interactive": true}',
    )

    lines = result.out.splitlines()
    assert (result.code, result.err) == (0, "")
    assert lines[0] == "DTE Tools available"
    expected = [
        LINE % ("Sample Data Task", "INFO", "Sample Data Task initialised running in interactive mode"),
        "Sample Data Task >>>: Sample Data Task initialised running in interactive mode",
        LINE % ("Sample Data Task", "INFO", "Reading %"),
        "Sample Data Task >>>: Reading %",
        LINE % ("Sample Data Task", "ERROR", "It failed"),
        "Sample Data Task >>>: It failed",
        LINE % ("Other", "INFO", "Other initialised running in active mode"),
        "Other >>>: Other initialised running in active mode",
    ]
    assert len(lines) == len(expected) + 2
    for line, pattern in zip(lines[1:], expected, strict=False):
        assert re.fullmatch(pattern, line), line
    assert lines[-1] == "Sample Data Task {'interactive': True}"


def test_the_legacy_form_logs_by_the_name_that_was_set_last_from_whichever_import(tasks: Tasks) -> None:
    result = tasks.run(
        """
from src.dte.dte_tools import log_message, set_data_task_name
from flask_app.dte.dte_tools import log_error
set_data_task_name("Legacy")
log_message("a")
log_error("b")
"""
    )

    assert [line for line in result.out.splitlines() if ">>>" in line] == ["Legacy >>>: a", "Legacy >>>: b"]


def test_an_unknown_connection_warns_once_and_is_empty(tasks: Tasks) -> None:
    make_project(tasks.directory)
    write_json(tasks.directory / "config" / "data_connections.json", {"dataConnections": [{"id": "EPMS"}]})

    result = tasks.run(
        """
from services.dte_tools.data_task_tools import get_resolved_parameters_for_connection
print(get_resolved_parameters_for_connection("EMPS"), get_resolved_parameters_for_connection("EPMS"))
"""
    )

    assert result.out == "{} {}\n"
    assert result.err == "There is no connection 'EMPS'. Declared connections: EPMS.\n"


def test_an_engine_of_the_projects_sqlite_connection_works(tasks: Tasks) -> None:
    make_project(tasks.directory)
    config = tasks.directory / "config"
    write_json(config / "data_connections.json", {"dataConnections": [{"id": "ANA"}]})
    write_json(
        config / "config.json", {"dataConnectionParameters": {"ANA": {"type": "SQLite3", "sqlite3file": "a.sqlite"}}}
    )

    result = tasks.run(
        """
import sys
from taskdeck import sdk
connection = sdk.connection("ANA")
assert "sqlalchemy" not in sys.modules
engine = connection.engine()
with engine.begin() as opened:
    opened.exec_driver_sql("CREATE TABLE t (n INTEGER)")
engine.dispose()
"""
    )

    assert result.code == 0, result.err
    assert (tasks.directory / "data" / "a.sqlite").is_file()


def test_the_printed_progress_of_a_long_loop_is_bounded(tasks: Tasks) -> None:
    result = tasks.run("from taskdeck import sdk\nfor _ in sdk.progress(range(200_000), text='Rows'): pass")

    lines = result.out.splitlines()
    assert (lines[0], lines[-1]) == ("Rows 0/200,000 (0%)", "Rows 200,000/200,000 (100%)")
    assert len(lines) < 20


def test_printing_into_a_closed_pipe_does_not_stop_the_task(tasks: Tasks) -> None:
    process = tasks.start(
        """
from taskdeck import sdk
import os, sys
for number in range(10_000):
    sdk.log("x" * 100)
open("finished", "w").close()
os._exit(0)
"""
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait(timeout=60) == 0
    assert process.stderr is not None
    process.stderr.close()
    assert (tasks.directory / "finished").exists()


def test_the_working_directory_may_be_anywhere_below_a_workspace(tasks: Tasks) -> None:
    deep = tasks.directory / "duft-config" / "system" / "data_tasks"
    deep.mkdir(parents=True)
    result = tasks.run(
        f"""
import os
os.chdir({str(deep)!r})
from services.config.service import config_directories
from services.config.service.config_directories import directories, get_directories
from core.environment import Environment
from services.dte_tools.data_task_tools import get_data_dir, get_temp_dir
print(directories.data_directory == get_data_dir() == config_directories.data_directory == Environment.data_directory)
print(os.path.relpath(get_temp_dir(), {str(tasks.directory)!r}), get_directories().user_config_directory)
"""
    )

    assert result.err == ""
    user = Path("duft-config") / "user"
    assert result.out.splitlines() == ["True", f"tmp-data-tasks {tasks.directory.resolve() / user}"]
    assert (tasks.directory / "tmp-data-tasks").is_dir()
