"""DUFT's server interface on a real server, used by a client that was written from its contract."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from duft_client import WAIT_SECONDS, DuftClient
from servers import TOKEN, RunningServer, copy_of_sample, serving

from taskdeck.web import duft_users

WORKSPACE = Path(__file__).parents[1] / "projects" / "duft"
NAME, PASSWORD = "ada", "correct horse, battery: staple!"

# All of them on one server.
pytestmark = pytest.mark.xdist_group("duft-interface")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    workspace = tmp_path_factory.mktemp("duft") / "workspace"
    shutil.copytree(WORKSPACE, workspace)
    with serving(workspace, TASKDECK_DUFT_USERS=f"{NAME}:{duft_users.hashed(PASSWORD)}") as server:
        yield server


@pytest.fixture
def client(server: RunningServer) -> DuftClient:
    return DuftClient(server.url, NAME, PASSWORD)


@pytest.fixture
def stranger(server: RunningServer) -> DuftClient:
    return DuftClient(server.url)


def wait_until_idle(client):
    deadline = time.monotonic() + WAIT_SECONDS
    while client.get("/dte-status").json()["is_running"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def newest_run(server):
    return server.get("/api/runs?limit=1")["runs"][0]


def test_a_wrong_password_is_answered_as_duft_does(stranger):
    answer = stranger.post("/token/", {"username": NAME, "password": "wrong"})

    assert answer.status_code == 401
    assert answer.json() == {"detail": "No active account found with the given credentials"}


def test_a_name_that_nobody_has_is_answered_the_same(stranger):
    answer = stranger.post("/token/", {"username": "nobody", "password": PASSWORD})

    assert answer.status_code == 401
    assert answer.json() == {"detail": "No active account found with the given credentials"}


def test_who_guesses_a_password_has_to_wait_also_with_the_right_one(server):
    stranger = DuftClient(server.url)
    answers = [stranger.post("/token/", {"username": "guessed", "password": f"guess {n}"}) for n in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) >= 1

    # Somebody else at the same address is not to blame.
    assert DuftClient(server.url, NAME, PASSWORD).get("/dte-status").status_code == 200


def test_the_servers_token_is_a_password_and_a_bearer_token(server):
    DuftClient(server.url, "taskdeck", TOKEN)

    client = DuftClient(server.url)
    client.access = TOKEN
    assert client.get("/dte-status").status_code == 200


@pytest.mark.parametrize("path", ["/dte-status", "/log"])
def test_nothing_is_told_without_a_token(stranger, path):
    assert stranger.get(path).status_code == 401


def test_nothing_is_run_without_a_token(stranger):
    assert stranger.post("/run-data-task", {"data_task_id": "SAMPLE"}).status_code == 401


@pytest.mark.parametrize("path", ["/dte-status", "/log", "/token", "/token/refresh", "/run-data-task"])
def test_paths_may_end_with_a_slash_or_not(client, path):
    method = client.get if path in ("/dte-status", "/log") else lambda where: client.post(where, {})

    assert method(path).status_code == method(f"{path}/").status_code
    assert method(path).status_code in (200, 422)


def test_a_refresh_token_gives_a_new_access_token_also_beside_an_old_one(client):
    client.access = "an.old.token"
    client.renew()

    assert client.get("/dte-status").status_code == 200


def test_a_token_is_good_for_its_own_use_alone(client):
    access, refresh = client.access, client.refresh_token
    client.access = refresh
    assert client.get("/dte-status").status_code == 401
    client.refresh_token = access
    answer = client.post("/token/refresh/", {"refresh": access})
    assert answer.status_code == 401
    assert answer.json()["detail"] == "Token is invalid or expired"


def test_a_token_of_duft_opens_nothing_else(client, server):
    answer = requests.get(f"{server.url}/api/tasks", headers={"Authorization": f"Bearer {client.access}"}, timeout=30)

    assert answer.status_code == 401


def test_a_run_is_started_and_seen_in_status_and_log(client, server):
    answer = client.post("/run-data-task", {"data_task_id": "SAMPLE", "parameters": {"name": "Ada", "sleep_time": 0.2}})

    assert answer.status_code == 202
    assert answer.json() == {"message": "Script started successfully."}
    assert client.get("/dte-status").json() == {"is_running": True, "current_script": "Sample Task"}
    wait_until_idle(client)
    assert client.get("/dte-status").json() == {"is_running": False, "current_script": None}
    content = client.get("/log").json()["content"]
    assert any("Progress for Ada: 3/3" in line for line in content)
    assert server.wait(newest_run(server)["id"])["status"] == "succeeded"


def test_values_that_a_task_does_not_take_are_ignored_with_a_warning_in_the_run(client, server):
    parameters = {"country": "Elsewhere", "levle": "x", "level": "Clinics"}
    answer = client.post("/run-data-task/", {"data_task_id": "FACILITIES", "parameters": parameters})

    assert answer.status_code == 202
    run = server.wait(newest_run(server)["id"])
    assert (run["status"], run["parameters"]) == ("succeeded", {"country": "Wakanda", "level": "Clinics"})
    events = server.events(run["id"])
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert [(event["level"], event["source"], event["text"]) for event in events[:2]] == [
        (
            "warning",
            "taskdeck",
            "The value given for 'levle' was ignored: it is not a parameter of this task; did you mean 'level'?",
        ),
        (
            "warning",
            "taskdeck",
            "The value given for 'country' was ignored: it is set by the task and cannot be changed",
        ),
    ]


def test_a_value_that_is_none_of_its_parameter_is_refused_readably(client):
    parameters = {"sleep_time": "soon"}
    answer = client.post("/run-data-task", {"data_task_id": "SAMPLE", "parameters": parameters})

    assert answer.status_code == 422
    assert "sleep_time" in answer.json()["detail"]


def test_a_task_that_is_not_there_is_named(client):
    answer = client.post("/run-data-task", {"data_task_id": "NOWHERE"})

    assert answer.status_code == 404
    assert "'NOWHERE'" in answer.json()["detail"]


def test_a_user_that_is_added_may_log_in_at_once(server):
    command = [sys.executable, "-m", "taskdeck", "duft-user", "grace", "--project", str(server.project)]
    done = subprocess.run(command, input="a new password\n", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

    client = DuftClient(server.url, "grace", "a new password")
    assert client.get("/dte-status").status_code == 200
    # Another password ends what the old one gave.
    subprocess.run(command, input="another\n", capture_output=True, text=True, check=True)
    assert client.get("/dte-status").status_code == 401
    file = server.project / ".taskdeck" / "duft_users"
    assert file.stat().st_mode & 0o777 == 0o600
    assert "another" not in file.read_text()


def test_a_native_project_does_not_serve_it_unless_told_to(tmp_path):
    with serving(copy_of_sample(tmp_path / "off")) as server:
        client = DuftClient(server.url)
        assert client.post("/token/", {"username": "taskdeck", "password": TOKEN}).status_code == 401
        client.access = TOKEN
        assert client.get("/log").status_code == 404
    with serving(copy_of_sample(tmp_path / "on"), TASKDECK_DUFT="on") as server:
        assert DuftClient(server.url, "taskdeck", TOKEN).get("/log").json() == {"content": []}
