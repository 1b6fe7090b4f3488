import http.server
import os
import socket
import threading

import pytest

from taskdeck.execution import connection_test
from taskdeck.execution.connections import ConnectionValues, InvalidConnectionValues, UnknownConnection
from taskdeck.model.connection import Connection, ConnectionField
from taskdeck.store import connection_tests

FIELDS = [
    {"name": "type", "type": "text", "label": "Type"},
    {"name": "server", "type": "text", "label": "Server"},
    {"name": "port", "type": "integer", "label": "Port"},
    {"name": "password", "type": "password", "label": "Password"},
]


@pytest.fixture
def server(serve):
    return serve(
        worker=False,
        connections={"ANA": {"params": FIELDS}},
        values={"ANA": {"type": "postgresql", "port": "5432"}},
    )


def stored_bytes(server):
    state = server.application.settings.state_directory
    return b"".join(path.read_bytes() for path in state.rglob("*") if path.is_file())


def test_secrets_are_never_returned_and_not_stored_in_clear(server):
    view = server.service.save_connection_values("ANA", {"password": "canary-4711", "server": "db"})

    assert view.values == {"type": "postgresql", "port": "5432", "server": "db"}
    assert view.stored_secrets == {"password"}
    assert b"canary-4711" not in stored_bytes(server)


def test_a_blank_secret_keeps_the_stored_one_and_none_removes_it(server):
    server.service.save_connection_values("ANA", {"password": "canary-4711"})

    kept = server.service.save_connection_values("ANA", {"password": "", "server": "db"})
    assert kept.stored_secrets == {"password"}

    removed = server.service.save_connection_values("ANA", {"password": None})
    assert removed.stored_secrets == frozenset()


def test_a_password_within_a_url_is_masked_encrypted_and_kept_when_the_form_sends_it_back(serve):
    field = {"name": "serverURL", "type": "url", "label": "URL"}
    server = serve(worker=False, connections={"API": {"params": [field]}})
    url = "https://ada:canary-4711@host.example/path"

    shown = server.service.save_connection_values("API", {"serverURL": url}).values
    assert shown == {"serverURL": "https://ada:••••••@host.example/path"}
    assert b"canary-4711" not in stored_bytes(server)

    server.service.save_connection_values("API", shown)
    catalog = server.service.catalog()
    values = ConnectionValues(server.application.database, server.application.keystore)
    assert values.resolve_all(catalog) == {"API": {"serverURL": url}}
    assert values.secrets(catalog) == ("canary-4711",)


def test_values_reach_a_task_unconverted(server):
    view = server.service.connection("ANA")

    assert view.values["port"] == "5432"


@pytest.mark.parametrize(("port", "is_fine"), [("5433", True), (5433, True), ("", True), ("abc", False), (1.5, False)])
def test_an_integer_field_takes_whole_numbers_as_numbers_or_texts(server, port, is_fine):
    if is_fine:
        server.service.save_connection_values("ANA", {"port": port})
        assert server.service.connection("ANA").values["port"] == port
    else:
        with pytest.raises(InvalidConnectionValues, match="port must be a whole number"):
            server.service.save_connection_values("ANA", {"port": port})


def test_an_unknown_connection_names_the_known_ones(server):
    with pytest.raises(UnknownConnection, match="Declared connections: ANA"):
        server.service.save_connection_values("ANNA", {})


def test_unknown_fields_and_wrong_kinds_are_reported_together_and_nothing_is_saved(server):
    with pytest.raises(InvalidConnectionValues) as caught:
        server.service.save_connection_values("ANA", {"sever": "db", "server": ["db"], "port": "1"})

    assert set(caught.value.errors) == {"sever", "server"}
    assert server.service.connection("ANA").values["port"] == "5432"


def tried(values, *, test_query=None, fields=(), data_directory="/nonexistent", timeout_seconds=60):
    connection = Connection(
        id="C",
        test_query=test_query,
        fields=(*fields, ConnectionField(name="password", type="password")),
    )
    return connection_test.run(connection, values, data_directory=data_directory, timeout_seconds=timeout_seconds)


def test_sqlite_is_really_opened_and_asked(tmp_path):
    import sqlite3

    with sqlite3.connect(tmp_path / "a.sqlite") as database:
        database.execute("CREATE TABLE cases (n INTEGER)")
    database.close()
    values = {"type": "sqlite3", "sqlite3file": "a.sqlite"}

    good = tried(values, test_query="SELECT n FROM cases", data_directory=tmp_path)
    bad = tried(values, test_query="SELECT n FROM missing", data_directory=tmp_path)

    assert good.ok, good.message
    assert good.milliseconds > 0
    assert not bad.ok
    assert "no such table: missing" in bad.message


def test_a_misspelt_sqlite_file_is_not_a_success_and_is_not_made(tmp_path):
    result = tried({"type": "sqlite3", "sqlite3file": "mispelt.sqlite"}, data_directory=tmp_path)

    assert not result.ok
    assert "mispelt.sqlite" in result.message
    assert list(tmp_path.iterdir()) == []


def reachable(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def require(port, name):
    if not reachable(port):
        if os.environ.get("TASKDECK_TEST_SKIPS") == "forbidden":
            pytest.fail(f"{name} must run on its standard port for this suite")
        pytest.skip(f"{name} does not run on this machine")


@pytest.mark.parametrize(
    ("type_", "port", "user"), [("PostgreSQL", 5432, "postgres"), ("mariadb", 3306, "root"), ("mysql", 3306, "root")]
)
def test_servers_are_really_connected_to(type_, port, user):
    require(port, type_)
    values = {"type": type_, "server": "127.0.0.1", "port": str(port), "username": user}

    result = tried(values, test_query="SELECT 1")

    # A server that wants a password has been reached all the same.
    assert result.ok or "password" in result.message.lower() or "denied" in result.message.lower(), result.message


def test_a_refused_connection_says_so_without_the_password():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        result = tried(
            {"type": "postgresql", "server": "127.0.0.1", "port": port, "username": "u", "password": "canary-4711"}
        )

    assert not result.ok
    assert "refused" in result.message
    assert "canary-4711" not in result.message


def test_a_server_that_never_answers_ends_by_the_time_out():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]

        result = tried({"type": "mysql", "server": "127.0.0.1", "port": port, "username": "u"}, timeout_seconds=1)

    assert not result.ok


def test_a_missing_driver_is_named_with_its_remedy():
    result = tried({"type": "sqlserver", "server": "127.0.0.1"})

    assert not result.ok
    assert "driver" in result.message.lower()
    assert "The test itself failed" not in result.message


def test_a_url_field_is_asked_over_http():
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{web.server_port}/"
        field = ConnectionField(name="serverURL", type="url")

        good = tried({"serverURL": url}, fields=(field,))
        web.shutdown()
    bad = tried({"serverURL": "ftp://example"}, fields=(field,))

    assert (good.ok, good.message) == (True, "The server answered with status 204.")
    assert not bad.ok


@pytest.fixture
def sqlite(serve):
    server = serve(
        worker=False,
        connections={"DB": {"params": [*FIELDS, {"name": "sqlite3file", "type": "text"}]}},
        values={"DB": {"type": "sqlite3", "sqlite3file": "there.sqlite", "password": "canary-4711"}},
    )
    data = server.application.project.data_directory
    data.mkdir(exist_ok=True)
    (data / "there.sqlite").touch()
    return server


def test_a_connection_remembers_how_its_last_test_ended(sqlite):
    assert sqlite.service.connection("DB").last_test is None
    result = sqlite.service.test_connection("DB")

    remembered = sqlite.service.connection("DB").last_test
    assert (remembered.ok, remembered.message) == (True, result.message)
    assert remembered.tested_at.tzinfo is not None
    assert b"canary-4711" not in stored_bytes(sqlite)


def test_a_test_of_other_values_says_nothing_about_those_in_use(sqlite):
    sqlite.service.test_connection("DB")
    for name in ("elsewhere.sqlite", "nowhere.sqlite"):
        assert not sqlite.service.test_connection("DB", {"sqlite3file": name}).ok
    assert sqlite.service.connection("DB").last_test.ok

    sqlite.service.save_connection_values("DB", {"sqlite3file": "nowhere.sqlite"})
    assert not sqlite.service.connection("DB").last_test.ok

    sqlite.service.save_connection_values("DB", {"sqlite3file": "third.sqlite"})
    assert sqlite.service.connection("DB").last_test is None


def test_tests_of_a_connection_are_forgotten_when_newer_ones_come(sqlite):
    for number in range(3):
        sqlite.service.test_connection("DB", {"sqlite3file": f"{number}.sqlite"})
    sqlite.service.test_connection("DB")
    sqlite.service.test_connection("DB")

    with sqlite.application.database.read() as connection:
        assert [test.ok for test in connection_tests.all_tests(connection)] == [True]
