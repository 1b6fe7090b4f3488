"""The JSON API. Each answer's shape is checked by the client; here it is about what the answers say."""

from __future__ import annotations

import io
import json

import pytest
from fake_service import NOW, FakeService
from flask.testing import FlaskClient

from taskdeck.execution.submission import AlreadyRunning
from taskdeck.model.attempt import Attempt
from taskdeck.model.event import OutputPublished
from taskdeck.model.run import RunStatus, Trigger


def test_health_names_version_worker_and_project(program: FlaskClient) -> None:
    health = program.get("/api/health").json
    assert health["status"] == "ok"
    assert health["worker"] == {"alive": True, "running": 0, "queued": 0, "limit": 2}
    assert health["project"]["layout"] == "native"


def test_tasks_are_listed_with_their_problems_and_last_runs(program: FlaskClient, service: FakeService) -> None:
    for _ in range(12):
        service.add_run(task_id="SAMPLE", status=RunStatus.SUCCEEDED)
    listed = program.get("/api/tasks").json
    sample, broken = listed["tasks"]
    assert [run["id"] for run in sample["last_runs"]] == list(range(12, 2, -1))
    assert (sample["runnable"], sample["typical_seconds"], sample["parameter_count"]) == (True, 2.5, 2)
    assert (broken["runnable"], broken["typical_seconds"], broken["last_runs"]) == (False, None, [])
    assert broken["problems"] == listed["problems"]
    assert listed["problems"][0]["line"] == 9


def test_task_has_all_its_form_needs(program: FlaskClient) -> None:
    task = program.get("/api/tasks/SAMPLE").json
    assert task["file"] == "data_tasks/sample.ipynb"
    year, site = task["parameters"]
    assert (year["type"], year["default"], year["has_default"], year["required"]) == ("integer", 2025, True, True)
    assert site["allowed_values"] == [{"label": "North", "value": "N"}]
    assert task["connection_states"] == [
        {"id": "ANA", "name": "Analysis", "declared": True, "configured": False},
        {"id": "GONE", "name": "GONE", "declared": False, "configured": False},
    ]


def test_unknown_task_is_said_to_be_unknown_and_the_known_ones_are_named(program: FlaskClient) -> None:
    answer = program.get("/api/tasks/NOPE")
    assert answer.status_code == 404
    assert "'NOPE'" in answer.json["detail"]
    assert "SAMPLE" in answer.json["detail"]


def test_run_is_submitted_by_a_program(program: FlaskClient, service: FakeService) -> None:
    answer = program.post("/api/runs", json={"task": "SAMPLE", "parameters": {"year": 2024}})
    assert answer.status_code == 201
    assert answer.headers["Location"] == "/api/runs/1"
    assert answer.json["trigger"] == "api"
    assert answer.json["created_at"] == "2026-11-21T10:00:00.123Z"
    assert service.run(1).parameters == {"year": 2024}


def test_run_is_submitted_from_the_dashboard(browser: FlaskClient, service: FakeService) -> None:
    first = browser.post("/api/runs", json={"task": "SAMPLE"}).json
    again = browser.post("/api/runs", json={"task": "SAMPLE", "rerun_of": first["id"]}).json
    assert service.run(again["id"]).trigger is Trigger.DASHBOARD
    assert again["rerun_of"] == first["id"]


def test_repeated_idempotency_key_starts_nothing_new(program: FlaskClient, service: FakeService) -> None:
    key = {"Idempotency-Key": "k1"}
    assert program.post("/api/runs", json={"task": "SAMPLE"}, headers=key).status_code == 201
    repeated = program.post("/api/runs", json={"task": "SAMPLE"}, headers=key)
    assert (repeated.status_code, repeated.json["id"]) == (200, 1)
    other = program.post("/api/runs", json={"task": "SAMPLE", "parameters": {"year": 1}}, headers=key)
    assert other.status_code == 409
    assert len(service.stored) == 1


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_idempotency_key_of_a_wrong_length_is_refused(program: FlaskClient, key: str) -> None:
    answer = program.post("/api/runs", json={"task": "SAMPLE"}, headers={"Idempotency-Key": key})
    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json["errors"]


@pytest.mark.parametrize(
    ("body", "status", "errors"),
    [
        ({"task": "NOPE"}, 404, None),
        ({"task": "BROKEN"}, 409, None),
        ({"task": "SAMPLE", "parameters": {"nope": 1}}, 422, {"nope": "is not a parameter"}),
        ({}, 422, {"task": "Field required"}),
        ({"task": "SAMPLE", "extra": 1}, 422, {"extra": "Extra inputs are not permitted"}),
        ({"task": 7}, 422, {"task": "Input should be a valid string"}),
        ({"task": "SAMPLE", "rerun_of": 2**70}, 422, None),
        ([], 422, None),
    ],
)
def test_submission_that_cannot_be_done_is_a_problem(
    program: FlaskClient, service: FakeService, body: object, status: int, errors: dict[str, str] | None
) -> None:
    answer = program.post("/api/runs", json=body)
    assert answer.status_code == status
    assert errors is None or answer.json["errors"] == errors
    assert not service.stored


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"task": "SAMPLE", "parameters": {"year": "\\ud800"}}',
        b'{"task": "SAMPLE", "parameters": {"year": ' + b"[" * 20_000 + b"]" * 20_000 + b"}}",
        b'{"task": "SAMPLE", "parameters": {"year": NaN}}',
    ],
    ids=["nothing", "broken", "no UTF-8", "half a character", "a nesting bomb", "no number"],
)
def test_body_that_is_no_json_is_a_bad_request(program: FlaskClient, service: FakeService, body: bytes) -> None:
    answer = program.post("/api/runs", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json["detail"].startswith("The body is not JSON")
    assert not service.stored


def test_body_of_another_type_is_refused(program: FlaskClient) -> None:
    """A form of a foreign page could send text/plain without asking first."""
    answer = program.post("/api/runs", data=b'{"task": "SAMPLE"}', content_type="text/plain")
    assert answer.status_code == 415


def test_body_that_is_too_long_is_refused_with_the_limit(program: FlaskClient) -> None:
    answer = program.post("/api/runs", json={"task": "SAMPLE", "parameters": {"year": "x" * 70_000}})
    assert answer.status_code == 413
    assert "65,536" in answer.json["detail"]
    assert "TASKDECK_MAX_BODY_BYTES" in answer.json["detail"]


def test_body_of_unknown_length_is_not_cut_off_but_refused(program: FlaskClient) -> None:
    body = b'{"task": "SAMPLE", "parameters": {}}' + b" " * 70_000
    answer = program.post(
        "/api/runs",
        input_stream=io.BytesIO(body),
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )
    assert answer.status_code == 413


def test_runs_come_newest_first_page_by_page(program: FlaskClient, service: FakeService) -> None:
    for number in range(5):
        service.add_run(task_id="SAMPLE" if number % 2 else "BROKEN")
    first = program.get("/api/runs?limit=2").json
    assert ([run["id"] for run in first["runs"]], first["next_before"]) == ([5, 4], 4)
    second = program.get("/api/runs?limit=2&before=4").json
    assert ([run["id"] for run in second["runs"]], second["next_before"]) == ([3, 2], 2)
    last = program.get("/api/runs?limit=2&before=2").json
    assert ([run["id"] for run in last["runs"]], last["next_before"]) == ([1], None)
    assert [run["id"] for run in program.get("/api/runs?task=SAMPLE").json["runs"]] == [4, 2]
    assert program.get("/api/runs?status=failed").json["runs"] == []


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "status=nope", "before=0", "stauts=failed"])
def test_query_that_makes_no_sense_is_a_problem_of_its_field(program: FlaskClient, query: str) -> None:
    answer = program.get(f"/api/runs?{query}")
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [query.partition("=")[0]]


@pytest.mark.parametrize("number", ["0", "99", "9" * 30, "-1", "x"])
def test_run_that_is_not_there_is_not_found(program: FlaskClient, number: str) -> None:
    assert program.get(f"/api/runs/{number}").status_code == 404


def test_queued_run_says_which_run_it_waits_for(program: FlaskClient, service: FakeService) -> None:
    service.add_run(status=RunStatus.RUNNING)
    waiting = service.add_run()
    shown = program.get(f"/api/runs/{waiting.id}").json
    assert shown["waiting_for"] == 1
    assert shown["waiting"] == {"kind": "run", "text": "Run 1 goes before it.", "run_id": 1, "until": None}


def test_a_task_that_takes_one_run_only_is_a_conflict_that_names_the_run(
    program: FlaskClient, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AlreadyRunning("SAMPLE", 7)

    monkeypatch.setattr(service, "submit", refuse)
    refused = program.post("/api/runs", json={"task": "SAMPLE"})
    assert (refused.status_code, refused.json["run"]) == (409, 7)
    assert "Run 7 of the task 'SAMPLE' has not ended" in refused.json["detail"]


def test_a_run_shows_its_attempts(program: FlaskClient, service: FakeService) -> None:
    run = service.add_run(status=RunStatus.RUNNING, attempt=2, max_attempts=3)
    service.stored_attempts[run.id] = [
        Attempt(run_id=run.id, number=1, status=RunStatus.FAILED, reason="no data", started_at=NOW, cpu_seconds=1.5),
        Attempt(run_id=run.id, number=2, status=RunStatus.RUNNING, started_at=NOW),
    ]
    shown = program.get(f"/api/runs/{run.id}").json
    assert shown["max_attempts"] == 3
    assert [(each["number"], each["status"], each["reason"]) for each in shown["attempts"]] == [
        (1, "failed", "no data"),
        (2, "running", ""),
    ]
    assert shown["attempts"][0]["cpu_seconds"] == 1.5


def test_cancel_is_accepted_once_and_refused_when_the_run_has_ended(program: FlaskClient, service: FakeService) -> None:
    run = service.add_run(status=RunStatus.RUNNING)
    accepted = program.post(f"/api/runs/{run.id}/cancel")
    assert accepted.status_code == 202
    assert accepted.json["status"] == "running"
    assert accepted.json["cancel_requested_at"]
    service.end(run.id, RunStatus.CANCELLED)
    assert program.post(f"/api/runs/{run.id}/cancel").status_code == 409


def test_events_come_page_by_page_until_the_end(program: FlaskClient, service: FakeService) -> None:
    run = service.add_run(status=RunStatus.RUNNING)
    service.say(run.id, "one", "two", "three")
    page = program.get(f"/api/runs/{run.id}/events?after=1&limit=1").json
    assert [event["text"] for event in page["events"]] == ["two"]
    assert (page["last_seq"], page["ended"]) == (3, False)
    service.end(run.id)
    page = program.get(f"/api/runs/{run.id}/events?after=3").json
    assert ([event["type"] for event in page["events"]], page["ended"]) == (["status"], True)


def test_what_is_no_json_in_an_event_does_not_break_the_page(program: FlaskClient, service: FakeService) -> None:
    run = service.add_run(status=RunStatus.RUNNING)
    service.append(run.id, [OutputPublished(name="mean", kind="value", value=float("inf"))])
    text = program.get(f"/api/runs/{run.id}/events").get_data(as_text=True)

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    assert json.loads(text, parse_constant=refuse)["events"][0]["value"] is None


def test_connection_values_go_in_and_secrets_never_come_out(program: FlaskClient, service: FakeService) -> None:
    saved = program.put("/api/connections/ANA/values", json={"values": {"host": "db", "password": "canary-7391"}})
    assert saved.status_code == 200
    assert service.secrets == {"password": "canary-7391"}
    for answer in (saved, program.get("/api/connections/ANA/values"), program.get("/api/connections")):
        assert "canary-7391" not in answer.get_data(as_text=True)
    assert saved.json["values"] == {"host": "db"}
    assert saved.json["stored_secrets"] == ["password"]
    assert [field["secret"] for field in saved.json["fields"]] == [False, True]


def test_connection_values_that_cannot_be_saved_are_a_problem_of_their_field(program: FlaskClient) -> None:
    answer = program.put("/api/connections/ANA/values", json={"values": {"nope": 1}})
    assert (answer.status_code, answer.json["errors"]) == (422, {"nope": "is not a field"})
    answer = program.put("/api/connections/ANA/values", json={"values": {"host": ["a"]}})
    assert answer.status_code == 422


def test_unknown_connection_is_said_to_be_unknown(program: FlaskClient) -> None:
    answer = program.get("/api/connections/NOPE/values")
    assert answer.status_code == 404
    assert "ANA" in answer.json["detail"]


@pytest.mark.parametrize(
    ("body", "tried"), [(None, None), ({}, None), ({"values": {"host": "unsaved"}}, {"host": "unsaved"})]
)
def test_connection_is_tested_with_stored_or_unsaved_values(
    program: FlaskClient, service: FakeService, body: object, tried: object
) -> None:
    answer = program.post("/api/connections/ANA/test", **({} if body is None else {"json": body}))
    assert answer.json == {"ok": True, "message": "Connected.", "milliseconds": 12.5}
    assert service.tested_with == tried


def test_openapi_document_is_served(program: FlaskClient) -> None:
    document = program.get("/api/openapi.json").json
    assert document["openapi"] == "3.1.0"
    assert "/api/openapi.json" in document["paths"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/nope", 404), ("GET", "/api", 404), ("POST", "/api/nope", 404), ("DELETE", "/api/runs/1", 405)],
)
def test_what_is_not_there_is_a_problem_document(program: FlaskClient, method: str, path: str, status: int) -> None:
    answer = program.open(path, method=method)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")


def test_method_that_is_not_taken_names_those_that_are(program: FlaskClient) -> None:
    assert set(program.delete("/api/runs").headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_fault_of_ours_tells_nothing_of_what_it_was(
    program: FlaskClient, service: FakeService, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ZeroDivisionError("canary-7391")

    monkeypatch.setattr(service, "worker_status", fail)
    answer = program.get("/api/health")
    assert answer.status_code == 500
    assert "canary-7391" not in answer.get_data(as_text=True)
    assert "canary-7391" in caplog.text
