"""From a runner's note to what is known of a run: in which environment each attempt ran."""

import hashlib
import sys

import pytest

from taskdeck.execution import environments
from taskdeck.model.run import RunStatus

FORGER = """
import os, pathlib
pathlib.Path(os.environ["TASKDECK_RUN_DIR"], "environment.json").mkdir()
"""
FAILS_FIRST = """
import os
assert os.environ["TASKDECK_ATTEMPT"] == "2"
"""


def test_the_environment_of_a_run_is_known_when_it_has_ended(serve):
    server = serve(files={"task.py": "print(1)"})

    run = server.run("TASK")

    found = server.service.environment(run.id)
    assert (found.path, found.python_version) == (sys.prefix, sys.version.split()[0])
    assert "taskdeck" in {each.name for each in found.packages}


def test_each_attempt_keeps_its_own(serve):
    server = serve(files={"task.py": FAILS_FIRST}, tasks={"TASK": {"retries": {"count": 1, "delay": 0}}})

    run = server.run("TASK")

    assert run.status is RunStatus.SUCCEEDED
    first, second = server.service.attempts(run.id)
    assert first.environment_sha256 == second.environment_sha256 is not None


def test_a_task_that_spoils_the_note_only_spoils_the_note(serve):
    server = serve(files={"task.py": FORGER})

    run = server.run("TASK")

    assert run.status is RunStatus.SUCCEEDED
    assert server.service.environment(run.id) is None


@pytest.mark.parametrize("told", [{}, {"environment": "0" * 64}, {"environment": 5}, {"environment": "../key"}])
def test_a_note_that_is_not_of_its_hash_is_not_believed(serve, told):
    server = serve(files={"task.py": "print(1)"}, worker=False)
    directory = server.service.run_directory(server.submit("TASK").id)
    directory.mkdir(parents=True)
    (directory / "environment.json").write_text('{"packages": []}')

    events = [{"type": "facts", "facts": told}]

    assert environments.noted(server.application.database, directory, events) is None


def test_a_note_that_is_no_environment_is_not_believed(serve):
    server = serve(files={"task.py": "print(1)"}, worker=False)
    directory = server.service.run_directory(server.submit("TASK").id)
    directory.mkdir(parents=True)
    (directory / "environment.json").write_text('{"packages": []}')
    sha256 = hashlib.sha256(b'{"packages": []}').hexdigest()

    events = [{"type": "facts", "facts": {"environment": sha256}}]

    assert environments.noted(server.application.database, directory, events) is None
