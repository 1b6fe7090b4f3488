"""DUFT's server interface on a real server, used by a client that was written from its contract."""

from __future__ import annotations

import http.client
import json
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner
from duft_client import WAIT_SECONDS, DuftClient
from servers import TOKEN, RunningServer, serving

from taskdeck.cli import main
from taskdeck.sdk.duft import post_file_to_duft_server
from taskdeck.sdk.duft_uploads import UploadFailed
from taskdeck.web import duft_users

WORKSPACE = Path(__file__).parents[1] / "projects" / "duft"
NAME, PASSWORD = "ada", "correct horse, battery: staple!"
MAX_UPLOAD_BYTES = 64 * 1024
CANARY = "canary-5up3r-s3cret"

SYSTEM_NAVIGATION = {"dataTasks": {"header": "Actions", "items": [{"title": "Sample", "task": "SAMPLE"}]}, "home": [1]}
USER_NAVIGATION = {"dataTasks": [{"title": "Mine", "task": "SAMPLE"}]}
DASHBOARD = {"title": "Cases", "query": "dashboards/cases.sql"}
FILES = {
    ".env": f"SECRET={CANARY}",
    "duft-config/.env": f"SECRET={CANARY}",
    "duft-config/system/navigation.json": SYSTEM_NAVIGATION,
    "duft-config/user/navigation.json": USER_NAVIGATION,
    "duft-config/system/theme.json": {"primary": "#123456"},
    "duft-config/system/settings.json": {
        "name": "Surveillance",
        "logo": "logo.svg",
        "api_key": CANARY,
        "credits": "us",
    },
    "duft-config/system/assets/logo.svg": "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "duft-config/user/assets/logo.svg": "<svg/>",
    "duft-config/user/assets/own.css": "a { color: red }",
    "duft-config/apps/facility/assets/map.geojson": "{}",
    "duft-config/system/dashboards/cases.json": DASHBOARD,
    "duft-config/system/dashboards/cases.sql": "SELECT :n + 1 AS next",
    "duft-config/system/dashboards/sql/by/year.sql": "SELECT year, count FROM cases",
    "duft-config/system/dashboards/page.html": "<script>1</script>",
    "duft-config/system/dashboards/view.jsx": "export default 1",
    "duft-config/system/dashboards/home.3dl": "<Dashboard title='Début' />",
    "duft-config/system/assets/.hidden.json": CANARY,
    "duft-config/system/assets/config.json": CANARY,
    "duft-config/system/assets/data_connections.json": CANARY,
    "duft-config/system/assets/helper.py": CANARY,
}

# All of them on one server.


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    workspace = tmp_path_factory.mktemp("duft") / "workspace"
    shutil.copytree(WORKSPACE, workspace)
    for name, content in FILES.items():
        file = workspace / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    (workspace / "duft-config" / "system" / "assets" / "link.png").symlink_to(workspace / ".env")
    (workspace / "duft-config" / "system" / "assets" / "out").symlink_to("/etc")
    with serving(
        workspace,
        TASKDECK_DUFT_USERS=f"{NAME}:{duft_users.hashed(PASSWORD)}",
        TASKDECK_MAX_UPLOAD_BYTES=str(MAX_UPLOAD_BYTES),
    ) as server:
        yield server


@pytest.fixture(scope="module")
def logged_in(server: RunningServer) -> DuftClient:
    return DuftClient(server.url, NAME, PASSWORD)


@pytest.fixture
def client(logged_in: DuftClient) -> DuftClient:
    """Logged in once for all: checking a password takes time on purpose."""
    return logged_in.copy()


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


def test_a_script_may_log_in_with_a_form(stranger, server):
    form = {"username": NAME, "password": PASSWORD}
    answer = requests.post(f"{server.url}/api/v2/token/", data=form, timeout=30)

    assert answer.status_code == 200
    stranger.access = answer.json()["access"]
    assert stranger.get("/log").status_code == 200


def test_what_is_not_there_is_no_reason_to_log_in_again(client, stranger):
    assert client.get("/nothing-of-the-kind").status_code == 404
    assert client.get("/run-data-task").status_code in (404, 405)
    assert stranger.get("/nothing-of-the-kind").status_code == 401


def test_a_front_end_of_another_origin_is_refused_and_one_behind_a_proxy_that_keeps_the_host_is_not(client, server):
    def post(**headers):
        headers = {"Authorization": f"Bearer {client.access}", **headers}
        return requests.post(f"{server.url}/api/v2/settings", json={}, headers=headers, timeout=30)

    assert post(Host="localhost:5173", Origin="http://localhost:5173").status_code == 200
    foreign = post(Origin="http://localhost:5173")
    assert foreign.status_code == 403
    assert "Access-Control-Allow-Origin" not in foreign.headers


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
    command = ["duft-user", "grace", "--project", str(server.project)]
    done = CliRunner().invoke(main, command, input="a new password\n")
    assert done.exit_code == 0, done.output

    client = DuftClient(server.url, "grace", "a new password")
    assert client.get("/dte-status").status_code == 200
    # Another password ends what the old one gave.
    assert CliRunner().invoke(main, command, input="another\n").exit_code == 0
    assert client.get("/dte-status").status_code == 401
    file = server.project / ".taskdeck" / "duft_users"
    assert file.stat().st_mode & 0o777 == 0o600
    assert "another" not in file.read_text()


def test_a_hash_can_be_printed_for_the_setting(tmp_path):
    command = ["duft-user", "ada", "--print", "--project", str(tmp_path)]
    printed = CliRunner().invoke(main, command, input="secret\n").stdout

    assert duft_users.Users(printed.split(), tmp_path / "none").knows("ada", "secret")
    assert not (tmp_path / ".taskdeck").exists()
    refused = CliRunner().invoke(main, command, input="\n")
    assert (refused.exit_code, "empty" in refused.stderr) == (2, True)


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
    run_id = start(client, "SAMPLE", sleep_time=0.5)
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


def test_the_front_end_learns_what_it_talks_to(client, stranger, server):
    known, unknown = client.get("/get-current-config").json(), stranger.get("/get-current-config/").json()

    assert (
        set(known)
        == set(unknown)
        == {
            *("features", "currentUser", "currentUserPermissions", "currentUserRoles", "settings", "version"),
            *("serverBaseURL", "pythonPath", "pythonVersion", "directories"),
        }
    )
    assert known["features"] == {
        "data_tasks": True,
        "log_level": "INFO",
        "server_uploads": True,
        "task_scheduler": False,
        "user_authentication": True,
        "enforce_user_authentication": True,
    }
    assert known["currentUser"] == NAME
    assert known["serverBaseURL"] == f"{server.url}/api/v2"
    assert known["pythonPath"] == sys.executable
    assert known["directories"]["data_directory"] == str(server.project / "data")
    assert known["settings"]["name"] == "Surveillance"
    assert known["settings"]["credits"] == "us"
    assert unknown["features"] == known["features"]
    assert unknown["settings"] == {"name": "Surveillance", "logo": "logo.svg"}
    assert [unknown[name] for name in ("currentUser", "version", "pythonPath", "directories")] == [None, "", "", {}]
    assert CANARY not in json.dumps([known, unknown])


def test_who_has_an_old_token_is_told_so_instead_of_being_a_stranger(stranger):
    stranger.access = "an.old.token"

    assert stranger.get("/get-current-config").status_code == 401


def test_connections_are_listed_by_where_they_are_declared(client):
    lists = client.get("/data-connections").json()

    assert {part: [each["id"] for each in listed] for part, listed in lists.items()} == {
        "system": ["ANA"],
        "user": ["SOURCE"],
    }
    assert lists["system"][0]["allowQueryEngine"] is True
    assert lists["user"][0]["params"][-1] == {"name": "password", "type": "password", "label": "Password"}


def test_secrets_of_a_connection_are_blank_and_a_blank_one_keeps_the_stored_one(client, server):
    path = "/data-connections/SOURCE/parameters"
    values = client.get(path).json()
    assert values == {"type": "MySQL", "server": "127.0.0.1", "port": "3306", "password": ""}

    answer = client.post(path, {**values, "port": "3307"})

    assert answer.status_code == 200
    assert answer.json() == client.get(f"{path}/").json() == {**values, "port": "3307"}
    command = ["connection", "SOURCE", "--json", "--project", str(server.project)]
    stored = json.loads(CliRunner().invoke(main, command).stdout)["values"]
    assert (stored["password"], stored["port"]) == (CANARY, "3307")
    client.post(path, {"port": "3306"})
    assert client.post(path, {"nothing": "x"}).status_code == 422
    assert client.get("/data-connections/NONE/parameters").status_code == 404


def test_settings_are_read_and_saved_and_the_projects_file_is_left_alone(client, server):
    before = (server.project / "duft-config" / "user" / "config.json").read_bytes()
    assert client.get("/settings").json() == {"debug": True, "oobe": True, "unittest": False}

    answer = client.post("/settings/", {"oobe": False})

    assert answer.status_code == 200
    assert set(answer.json()) == {"result", "message", "data", "status"}
    assert answer.json()["data"] == {"debug": True, "oobe": False, "unittest": False} == client.get("/settings").json()
    assert client.get("/get-current-config").json()["settings"]["oobe"] is False
    assert (server.project / "duft-config" / "user" / "config.json").read_bytes() == before
    assert client.post("/settings", {"oobe": "perhaps"}).status_code == 422
    wrapped = client.post("/settings", {"settings": {"unittest": "True"}}).json()["data"]
    assert wrapped == {"debug": True, "oobe": False, "unittest": True}


def test_navigation_and_theme_are_those_of_the_project(client):
    assert client.get("/navigation").json() == {"system": SYSTEM_NAVIGATION, "user": USER_NAVIGATION}
    assert client.get("/theme/").json() == {"system": {"primary": "#123456"}, "user": {}}


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("logo.svg", "image/svg+xml"),
        ("assets/logo.svg", "image/svg+xml"),
        ("system/assets/logo.svg", "image/svg+xml"),
        ("own.css", "text/css; charset=utf-8"),
        ("user/assets/own.css", "text/css; charset=utf-8"),
        ("map.geojson", "application/geo+json"),
        ("apps/facility/assets/map.geojson", "application/geo+json"),
        ("dashboards/cases.json", "application/json"),
        ("cases.json", "application/json"),
        ("dashboards/page.html", "text/html; charset=utf-8"),
        ("dashboards/view.jsx", "text/plain; charset=utf-8"),
        ("dashboards/home.3dl", "text/plain; charset=utf-8"),
    ],
)
def test_files_for_the_front_end_are_served_by_cookie_and_can_do_no_harm(client, path, content_type):
    answer = client.file(path)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == content_type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    again = client.session.get(answer.url, headers={"If-None-Match": answer.headers["ETag"]}, timeout=30)
    assert again.status_code == 304


def test_a_dashboard_is_a_text_by_its_name(client, stranger):
    for name in ("home", "home.3dl"):
        assert client.get(f"/3dldashboard/{name}").json() == "<Dashboard title='Début' />"
    for name in ("nothing", "../../user/config.json", "..%2fassets%2fhelper.py", "logo.svg"):
        answer = client.get(f"/3dldashboard/{name}")
        assert answer.status_code == 404
        assert CANARY not in answer.text
    assert stranger.get("/3dldashboard/home").status_code == 401


def test_system_goes_before_user(client):
    assert "script" in client.file("logo.svg").text
    assert client.file("user/assets/logo.svg").text == "<svg/>"


def test_strangers_get_no_files(stranger):
    answer = stranger.file("logo.svg")

    assert answer.status_code == 401
    assert "script" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        *(
            "config.json",
            "user/config.json",
            "system/data_connections.json",
            "data_connections.json",
            "assets/config.json",
        ),
        *(".env", "../.env", "..%2f..%2f.env", "assets/../../.env", "%2e%2e/.env", "assets/..%2f..%2f..%2f.env"),
        *("assets/.hidden.json", ".hidden.json", "helper.py", "assets/helper.py", "system/data_tasks/raises.py"),
        *("link.png", "assets/link.png", "assets/out/passwd", "out/hosts.txt", "/etc/hosts.txt", "%2fetc%2fhosts.txt"),
        *(
            "assets",
            "assets/",
            "dashboards/cases.json/",
            "nothing.png",
            "assets%00.png",
            "a\\..\\..\\.env",
            "apps/../user/config.json",
        ),
        *("system/navigation.json", "user/assets/../config.json", "apps/facility/data_tasks.json", "x" * 5000 + ".png"),
    ],
)
def test_nothing_else_is_served_whatever_the_address_says(client, server, path):
    # Not by a library that would tidy the address up.
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=30)
    connection.request("GET", f"/config/{path}", headers={"Authorization": f"Bearer {client.access}"})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()

    # 401: an address with two slashes is none of the interface's, and its token is good for nothing else.
    assert answer.status in (301, 302, 308, 400, 401, 404), body[:200]
    assert CANARY not in body
    assert "root:" not in body


def test_queries_run_through_connections_that_allow_it(client, server):
    (server.project / "data").mkdir(exist_ok=True)
    connection = sqlite3.connect(server.project / "data" / "wakanda.sqlite")
    with connection:
        connection.execute("CREATE TABLE IF NOT EXISTS cases (year INTEGER, count INTEGER)")
        connection.execute("DELETE FROM cases")
        connection.executemany("INSERT INTO cases VALUES (?, ?)", [(2024, 7), (2025, 9)])
    connection.close()
    query = {"data_connection_id": "ANA", "query": "SELECT year, count FROM cases WHERE year > :y"}

    answer = client.post("/run-query", {**query, "parameters": {"y": 2024}})
    assert (answer.status_code, answer.json()) == (200, [{"year": 2025, "count": 9}])
    by_file = {"data_connection_id": "ANA", "query_file": "dashboards/cases.sql", "parameters": {"n": 1}}
    assert client.post("/run-query/", by_file).json() == [{"next": 2}]

    listed = {"data_connection_id": "ANA", "query_name": "by/year", "filters": {}, "search_text": None}
    page = {"page_size": "1", "current_page": 2, "sort_column": "year DESC"}
    search = {"search_text": "9", "search_columns": "year, count"}
    assert client.post("/run-query", {**listed, **page}).json() == [{"year": 2024, "count": 7}]
    assert client.post("/run-query", {**listed, **search}).json() == [{"year": 2025, "count": 9}]

    refused = client.post("/run-query", {"data_connection_id": "ANA", "query": "DELETE FROM cases"})
    assert refused.status_code == 422
    assert "Only queries" in refused.json()["detail"]
    assert client.post("/run-query", {"data_connection_id": "SOURCE", "query": "SELECT 1"}).status_code == 403
    assert client.post("/run-query", {**by_file, "query_file": "../../.env"}).status_code == 404
    assert client.post("/run-query", {**by_file, "query_file": "dashboards/cases.json"}).status_code == 404
    assert client.post("/run-query", {"data_connection_id": "ANA"}).status_code == 422


def test_a_file_is_uploaded_as_tasks_do_it(server, tmp_path):
    file = tmp_path / "cases 2026.csv"
    file.write_text("year,count")

    answer = post_file_to_duft_server(server.url, NAME, PASSWORD, file, "data")

    assert answer["message"] == "File uploaded successfully."
    assert (server.project / "uploads" / "cases 2026.csv").read_text() == "year,count"
    file.write_text("again")
    post_file_to_duft_server(server.url, NAME, PASSWORD, file, "data")
    assert (server.project / "uploads" / "cases 2026.csv").read_text() == "again"
    with pytest.raises(UploadFailed, match="No active account"):
        post_file_to_duft_server(server.url, NAME, "wrong", file, "data")


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("../../evil.py", "evil.py"),
        ("/etc/passwd", "passwd"),
        ("C:\\Users\\x\\a.csv", "C_Usersxa.csv"),  # as the form's quoting leaves it
        ("a\nb\x00c.csv", None),
        (".env", "env"),
        ("..", None),
        ("é ü.csv", "é ü.csv"),
        ("a;b|c.csv", "a_b_c.csv"),
    ],
)
def test_an_upload_lands_nowhere_else(client, server, name, stored):
    before = {
        path for path in server.project.rglob("*") if "uploads" not in path.parts and ".taskdeck" not in path.parts
    }

    answer = client.upload(name, b"x")

    if stored is None:
        assert answer.status_code in (201, 422)
    else:
        assert (answer.status_code, answer.json()["file"]) == (201, stored)
        assert (server.project / "uploads" / stored).read_bytes() == b"x"
    after = {
        path for path in server.project.rglob("*") if "uploads" not in path.parts and ".taskdeck" not in path.parts
    }
    assert after == before
    assert not list((server.project / "uploads").glob(".upload-*"))


def test_an_upload_that_is_too_large_or_none_is_refused(client, stranger):
    assert client.upload("large.csv", b"x" * (MAX_UPLOAD_BYTES + 100_000)).status_code == 413
    assert client.post("/upload/", {}).status_code == 422
    assert client.upload_files(first=b"a", second=b"b").status_code == 422
    assert client.upload_files(document=b"a").json()["file"] == "document.csv"
    assert stranger.upload("a.csv", b"x").status_code == 401
