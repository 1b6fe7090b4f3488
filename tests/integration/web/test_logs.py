"""The lines of a log over HTTP."""

from __future__ import annotations

import pytest
from fake_service import FakeService
from flask.testing import FlaskClient

from taskdeck.model.event import Message, Stream
from taskdeck.model.run import Run, RunStatus


@pytest.fixture
def run(service: FakeService) -> Run:
    return service.add_run(status=RunStatus.RUNNING)


def test_the_log_opens_at_its_end_and_is_paged_backwards(program: FlaskClient, service: FakeService, run: Run) -> None:
    service.say(run.id, *(f"line {number}" for number in range(1, 301)))

    page = program.get(f"/api/runs/{run.id}/log/lines").json
    before = program.get(f"/api/runs/{run.id}/log/lines?before={page['first']}&limit=50").json

    assert (page["first"], page["last"], page["line_count"], page["ended"]) == (101, 300, 300, False)
    assert page["lines"][-1] == {
        "number": 300,
        "seq": 300,
        "at": "2026-11-21T10:00:00.123Z",
        "source": "message",
        "level": "info",
        "text": "line 300",
    }
    assert [line["number"] for line in before["lines"]] == list(range(51, 101))


def test_open_lines_are_shown_without_a_number(program: FlaskClient, service: FakeService, run: Run) -> None:
    service.append(run.id, [Stream(name="stdout", text="done\n50 %")])

    page = program.get(f"/api/runs/{run.id}/log/lines?after=0").json

    assert [line["text"] for line in page["lines"]] == ["done"]
    assert [line["text"] for line in page["open_lines"]] == ["50 %"]


def test_lines_are_filtered_and_searched(program: FlaskClient, service: FakeService, run: Run) -> None:
    service.append(
        run.id,
        [
            Message(text="All is well"),
            Message(level="error", text="All is lost"),
            Stream(name="stdout", text="ALL of it\n"),
        ],
    )
    path = f"/api/runs/{run.id}/log"

    def numbers(query: str) -> list[int]:
        return [line["number"] for line in program.get(f"{path}/{query}").json["lines"]]

    assert numbers("lines?level=warning") == [2]
    assert numbers("lines?source=stdout") == [3]
    assert numbers("search?q=all") == [1, 2, 3]
    assert numbers("search?q=All&case_sensitive=true&after=0") == [1, 2]
    assert numbers("search?q=all&level=error") == [2]
    assert numbers("search?q=nowhere") == []


@pytest.mark.parametrize(
    "query",
    ["lines?before=1&after=2", "lines?level=loud", "lines?limit=1001", "search", "search?q=", "search?q=a&regex=true"],
)
def test_what_makes_no_sense_is_said_to(program: FlaskClient, run: Run, query: str) -> None:
    assert program.get(f"/api/runs/{run.id}/log/{query}").status_code == 422


def test_an_unknown_run_has_no_log(program: FlaskClient) -> None:
    assert program.get("/api/runs/99/log/lines").status_code == 404
    assert program.get("/api/runs/99/log/search?q=a").status_code == 404
