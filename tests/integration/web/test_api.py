"""The JSON API. Each answer's shape is checked by the client; here it is about what the answers say."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import pytest
from fake_service import NOW, FakeService
from flask.testing import FlaskClient

from taskdeck.execution.submission import AlreadyRunning
from taskdeck.model.attempt import Attempt
from taskdeck.model.event import OutputPublished
from taskdeck.model.run import RunStatus, Trigger
from taskdeck.runner.masking import MASK
from taskdeck.store.run_lists import Wanted


def test_health_names_version_worker_and_project(program: FlaskClient) -> None:
    health = program.get("/api/health").json
    assert health["status"] == "ok"
    assert health["worker"] == {"alive": True, "running": 0, "queued": 0, "limit": 2}
    assert health["project"]["layout"] == "native"


def test_tasks_are_listed_with_their_problems_and_last_runs(program: FlaskClient, service: FakeService) -> None:
    for _ in range(22):
        service.add_run(task_id="SAMPLE", status=RunStatus.SUCCEEDED)
    listed = program.get("/api/tasks").json
    sample, broken = listed["tasks"]
    assert [run["id"] for run in sample["last_runs"]] == list(range(22, 12, -1))
    for path in ("/api/tasks?last_runs=20", "/api/tasks/SAMPLE?last_runs=20"):
        found = program.get(path).json
        more = found["tasks"][0] if "tasks" in found else found
        assert [run["id"] for run in more["last_runs"]] == list(range(22, 2, -1))
    assert program.get("/api/tasks?last_runs=51").status_code == 422
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
    assert task["usual"] == {"basis": "all_runs", "runs": 2, "median_seconds": 2.5, "p90_seconds": 2.9}


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


def test_filters_of_a_list_may_be_given_several_times(program: FlaskClient, service: FakeService) -> None:
    query = (
        "task=SAMPLE&task=OTHER&status=failed&status=lost&triggered_by=api&since=2026-11-20T10:00:00Z"
        "&until=2026-11-21T10:00:00%2B01:00&q=+kampala+2024&before=9"
    )
    assert program.get(f"/api/runs?{query}").json == {"runs": [], "next_before": None}
    assert service.asked_for == Wanted(
        task_ids=("SAMPLE", "OTHER"),
        statuses=(RunStatus.FAILED, RunStatus.LOST),
        triggers=(Trigger.API,),
        since=datetime(2026, 11, 20, 10, tzinfo=UTC),
        until=datetime(2026, 11, 21, 9, tzinfo=UTC),
        words=("kampala", "2024"),
    )


def test_a_number_with_its_sign_is_that_run(program: FlaskClient, service: FakeService) -> None:
    program.get("/api/runs", query_string={"q": "#12"})
    assert service.asked_for == Wanted(run_id=12)


@pytest.mark.parametrize(
    "query",
    [
        "status=nope",
        "since=2026-11-20T10:00:00",
        "triggered_by=x",
        "nope=1",
        "&task=" * 21,
        "since=0001-01-01T00:00:00Z",
        "until=9999-12-31T23:59:59Z",
        "task=%00",
    ],
)
def test_filters_that_cannot_be_are_refused(program: FlaskClient, query: str) -> None:
    assert program.get(f"/api/runs?{query}").status_code == 422


def test_listed_runs_carry_the_titles_of_their_parameters(program: FlaskClient, service: FakeService) -> None:
    service.add_run(task_id="SAMPLE", parameters={"year": 2024, "gone": 1})
    service.add_run(task_id="GONE", parameters={"year": 2024})
    titled, untitled = reversed(program.get("/api/runs").json["runs"])
    assert titled["parameter_titles"] == {"year": "Year of the report"}
    assert "parameter_titles" not in untitled


def test_digests_tell_how_long_the_last_runs_took(program: FlaskClient, service: FakeService) -> None:
    for _ in range(3):
        service.end(service.add_run(task_id="SAMPLE", status=RunStatus.RUNNING, started_at=NOW).id)
    answer = program.get("/api/runs/digests?task=SAMPLE&task=NEVER&limit=2").json
    assert [(run["id"], run["seconds"]) for run in answer["tasks"]["SAMPLE"]] == [(3, 2.0), (2, 2.0)]
    assert answer["tasks"]["NEVER"] == []
    assert program.get("/api/runs/digests").status_code == 422


def bulk(client: FlaskClient, action: str, *run_ids: int, key: str | None = None) -> list[dict[str, object]]:
    headers = {"Idempotency-Key": key} if key else {}
    answer = client.post("/api/runs/bulk", json={"action": action, "run_ids": run_ids}, headers=headers)
    assert answer.status_code == 200
    results: list[dict[str, object]] = answer.json["results"]
    return results


def test_many_runs_are_cancelled_and_a_bad_one_does_not_stop_the_others(
    program: FlaskClient, service: FakeService
) -> None:
    service.add_run(status=RunStatus.RUNNING)
    service.add_run(status=RunStatus.SUCCEEDED)
    service.add_run(status=RunStatus.QUEUED)
    service.add_run(status=RunStatus.CANCELLED)
    results = bulk(program, "cancel", 1, 2, 7, 3, 3, 4)
    assert [(each["run_id"], each["ok"]) for each in results] == [
        (1, True),
        (2, False),
        (7, False),
        (3, True),
        (4, True),
    ]
    assert [each["problem"] for each in results if each["problem"]] == [
        "Run 2 has already ended: succeeded.",
        "There is no run 7.",
    ]
    assert service.run(3).cancel_requested_at is not None


def test_many_runs_are_repeated_with_their_own_values(browser: FlaskClient, service: FakeService) -> None:
    service.protect("SAMPLE", "site")
    service.add_run(task_id="SAMPLE", parameters={"year": 2024, "site": "as it was fixed then"})
    service.add_run(task_id="GONE")
    service.add_run(task_id="SAMPLE", parameters={"removed": 1})
    service.add_run(task_id="SAMPLE", parameters={"year": f"a {MASK}"})
    service.add_run(task_id="SAMPLE", parameters={"year": 2025})
    good, gone, removed, hidden, other = bulk(browser, "rerun", 1, 2, 3, 4, 5)
    assert [each["problem"] == "" for each in (good, gone, removed, hidden, other)] == [True, False, False, False, True]
    again = service.run(good["new_run_id"])  # type: ignore[arg-type]
    assert (again.parameters, again.rerun_of, again.trigger) == ({"year": 2024}, 1, Trigger.DASHBOARD)
    assert "There is no task 'GONE'" in str(gone["problem"])
    assert removed["problem"] == "removed: is not a parameter"
    assert "secrets among its values (year)" in str(hidden["problem"])


def test_a_repeated_bulk_request_starts_nothing_twice(program: FlaskClient, service: FakeService) -> None:
    service.add_run(task_id="SAMPLE")
    service.add_run(task_id="SAMPLE")
    first = bulk(program, "rerun", 1, 2, key="k" * 255)
    assert bulk(program, "rerun", 1, 2, key="k" * 255) == first
    assert len(service.stored) == 4
    assert bulk(program, "rerun", 1, 2, key="other") != first


@pytest.mark.parametrize(
    "body",
    [
        {"action": "delete", "run_ids": [1]},
        {"action": "cancel", "run_ids": []},
        {"action": "cancel", "run_ids": [0]},
        {"action": "cancel", "run_ids": list(range(1, 202))},
    ],
)
def test_bulk_request_that_cannot_be_is_refused(program: FlaskClient, body: object) -> None:
    assert program.post("/api/runs/bulk", json=body).status_code == 422


def test_estimate_says_what_it_rests_on(program: FlaskClient, service: FakeService) -> None:
    service.add_run(task_id="SAMPLE")
    assert program.get("/api/runs/1/estimate").json == {
        "run_id": 1,
        "basis": "all_runs",
        "run_count": 3,
        "seconds": 2.5,
        "cells": [{"index": 1, "seconds": 0.5, "run_count": 2}],
    }
    assert program.get("/api/runs/2/estimate").status_code == 404
