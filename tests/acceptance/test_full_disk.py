"""A server whose disk is full or read-only says so, and goes on when there is room again."""

import subprocess
import sys

import pytest
from disks import full, read_only, small_disk
from factories import make_project
from servers import serving


@pytest.fixture
def project(tmp_path):
    with small_disk(tmp_path / "project" / ".taskdeck"):
        yield make_project(tmp_path / "project", files={"hello.py": "print('hello')"})


def test_submissions_are_refused_with_507_while_the_disk_is_full_and_accepted_after(project):
    with serving(project) as server:
        first = server.submit("HELLO")
        server.wait(first)
        with full(project / ".taskdeck", store=project / ".taskdeck" / "taskdeck.db"):
            status, problem = server.request("POST", "/api/runs", {"task": "HELLO", "parameters": {}})
            seen = server.get("/api/runs")["runs"]
        second = server.submit("HELLO")

        assert (status, problem["status"], problem["title"]) == (507, 507, "Insufficient Storage")
        assert "is full. Make room" in problem["detail"]
        assert [run["id"] for run in seen] == [first]
        assert server.wait(second)["status"] == "succeeded"


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_state_directory_that_cannot_be_written_is_named_at_the_start(project, command):
    with serving(project):
        pass  # everything is there that a start makes
    options = ["--no-browser", "--port", "0"] if command == "serve" else []
    with read_only(project / ".taskdeck"):
        done = subprocess.run(
            [sys.executable, "-m", "taskdeck", command, str(project), *options],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert done.returncode == {"serve": 2, "worker": 3}[command]
    assert f"The state directory {project / '.taskdeck'} cannot be written: Read-only file system." in done.stderr
    assert "Traceback" not in done.stderr
