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
from servers import TOKEN, RunningServer, serving

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


def start(client, task, **parameters):
    answer = client.post("/run-data-task", {"data_task_id": task, "parameters": parameters})
    assert answer.status_code == 202, answer.text
    return int(answer.headers["Location"].rpartition("/")[2])


def of_run(watcher, run_id):
    return [{name: each[name] for name in CONTRACT} for each in watcher.messages if each["run"] == run_id]


CONTRACT = ("isRunning", "message", "dataTask")
SAMPLE_SAYS = [
    "Sample Data Task initialised running in active mode",
    "Script starting!",
    "Using wakanda.sqlite",
    "Progress for World: 1/3",
    "Progress for World: 2/3",
    "Progress for World: 3/3",
    "Script completed! Sample Data Task",
]
WHOLE_SAMPLE = [
    {"isRunning": True, "message": "Sample Task started.", "dataTask": "script_start"},
    *({"isRunning": True, "message": text, "dataTask": "Sample Task"} for text in SAMPLE_SAYS),
    {"isRunning": False, "message": "Sample Task completed.", "dataTask": "script_complete"},
]


def test_two_watchers_a_late_joiner_and_one_who_comes_back_see_the_whole_run(client, server):
    first, second = client.watch(), client.watch()
    run_id = start(client, "SAMPLE", sleep_time=1)
    second.wait_for_text("Progress for World: 1/3")
    last_event_id = second.close()
    late = client.watch()
    seen_by_second = of_run(second, run_id)
    assert seen_by_second == WHOLE_SAMPLE[: len(seen_by_second)]
    first.wait_for_text("Progress for World: 2/3")

    back = client.watch(last_event_id)

    for watcher in (first, late, back):
        watcher.wait_for_end()
        watcher.close()
    assert of_run(first, run_id) == WHOLE_SAMPLE
    assert of_run(late, run_id) == WHOLE_SAMPLE
    assert seen_by_second + of_run(back, run_id) == WHOLE_SAMPLE


def test_who_comes_back_after_the_end_gets_what_was_missed_and_nothing_twice(client):
    watcher = client.watch()
    run_id = start(client, "SAMPLE")
    watcher.wait_for_text("Script starting!")
    last_event_id = watcher.close()
    seen = of_run(watcher, run_id)
    wait_until_idle(client)
    missed = start(client, "LOGS_ERRORS")
    wait_until_idle(client)

    back = client.watch(last_event_id)
    back.wait_for(lambda messages: sum(each["dataTask"] == "script_complete" for each in messages) == 2)
    last_event_id = back.close()

    assert [each["message"] for each in seen + of_run(back, run_id)] == [each["message"] for each in WHOLE_SAMPLE]
    assert of_run(back, missed)[0]["dataTask"] == "script_start"
    assert of_run(back, missed)[-1]["message"] == "Logs errors completed with 2 errors."
    again = client.watch(last_event_id)
    run_id = start(client, "EXIT_ONE")
    again.wait_for_end()
    again.close()
    assert {each["run"] for each in again.messages} == {run_id}
    assert again.messages[-1]["dataTask"] == "scriptError"
    assert "exit code 1" in again.messages[-1]["message"]


def test_runs_beside_each_other_are_all_in_the_stream(client):
    watcher = client.watch()
    runs = [start(client, task) for task in ("SAMPLE", "RAISES", "FACILITIES")]
    watcher.wait_for(lambda messages: sum(not each["isRunning"] for each in messages) >= 1 and ends(messages) == 3)
    watcher.close()

    for run_id in runs:
        messages = of_run(watcher, run_id)
        assert messages[0]["dataTask"] == "script_start"
        assert messages[-1]["dataTask"] in ("script_complete", "scriptError")
    assert not watcher.messages[-1]["isRunning"]


def ends(messages):
    return sum(each["dataTask"] in ("script_complete", "scriptError") for each in messages)


def test_the_stream_wants_to_know_who_listens(stranger, client, server):
    assert requests.get(f"{server.url}/sse/dte/", timeout=30, allow_redirects=False).status_code == 401
    assert (
        stranger.session.get(f"{server.url}/sse/dte/?token=wrong", timeout=30, allow_redirects=False).status_code == 401
    )
    # For pages of other origins, whose streams bring no cookie.
    with requests.get(f"{server.url}/sse/dte/?token={client.access}", timeout=30, stream=True) as answer:
        assert answer.status_code == 200
        assert next(answer.iter_lines()).startswith(b"retry:")


def test_the_cookie_of_the_stream_opens_nothing_else(client, server):
    cookies = {cookie.path for cookie in client.session.cookies}
    assert cookies == {"/sse/", "/config/"}
    value = next(iter(client.session.cookies)).value
    name = next(iter(client.session.cookies)).name
    for path in ("/api/v2/log", "/api/tasks", "/api/v2/run-data-task"):
        assert requests.get(f"{server.url}{path}", cookies={name: value}, timeout=30).status_code in (401, 405)
