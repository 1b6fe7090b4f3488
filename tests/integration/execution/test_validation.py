"""A form that is being filled in meets the rules of a submission, and leaves nothing behind."""

from datetime import UTC, datetime, timedelta

import pytest

from taskdeck.execution.checking import BrokenTask, UnknownTask
from taskdeck.execution.submission import InvalidParameters
from taskdeck.model.duration import Basis
from taskdeck.model.run import Outcome, RunStatus, Trigger
from taskdeck.store import runs
from taskdeck.store.tables import run as table

PARAMETERS = {
    "year": {"title": "Year", "type": "integer", "required": True},
    "region": {
        "title": "Region",
        "allowOverride": True,
        "defaultValue": "n",
        "allowedValues": [{"label": "North", "value": "n"}, {"label": "South", "value": "s"}],
    },
    "folder": {"value": "out"},
    "note": {"type": "string", "allowOverride": True},
}


@pytest.fixture
def server(serve):
    return serve(
        worker=False,
        files={"report.py": "", "other.py": ""},
        tasks={"REPORT": {"supportedParameters": PARAMETERS}, "OTHER": {"pythonFile": "missing.py"}},
        connections={"ANA": {"params": [{"name": "password", "type": "password"}]}},
        values={"ANA": {"password": "canary-4711"}},
    )


def succeed(server, seconds, **parameters):
    """A run as if it had taken so long."""
    run = server.submit("REPORT", **parameters)
    at = datetime(2026, 11, 21, 10, tzinfo=UTC)
    with server.application.database.write() as connection:
        connection.execute(
            table.update().where(table.c.id == run.id).values(status=RunStatus.RUNNING, started_at=at, attempt=1)
        )
    running = server.service.run(run.id)
    with server.application.database.write() as connection:
        assert runs.finish(
            connection, running, Outcome(status=RunStatus.SUCCEEDED), now=at + timedelta(seconds=seconds)
        )
    return server.service.run(run.id)


@pytest.mark.parametrize(
    "given",
    [{"year": "20x"}, {}, {"year": 1, "region": "x", "folder": "mine", "nope": 1}, {"year": 2024, "note": 5}],
)
def test_a_form_hears_of_the_same_problems_as_a_submission(server, given):
    validation = server.service.validate("REPORT", given)
    with pytest.raises(InvalidParameters) as refused:
        server.service.submit("REPORT", given, trigger=Trigger.API)

    assert validation.problems == refused.value.errors
    assert server.service.runs() == []


def test_what_can_be_bound_is_told_beside_the_problems(server):
    validation = server.service.validate("REPORT", {"year": "2024", "region": "x"})

    assert validation.problems.keys() == {"region"}
    assert validation.values == {"year": 2024, "folder": "out"}
    assert validation.usual is None


def test_secrets_that_somebody_types_are_not_told_back(server):
    assert server.service.validate("REPORT", {"year": 1, "note": "is canary-4711"}).values["note"] == "is ••••••"


def test_what_holds_a_secret_is_named_even_where_it_cannot_be_bound(server):
    given = {
        "year": "canary-4711",
        "region": "s",
        "folder": {"deep": ["canary-4711"]},
        "note": "is canary-4711",
        "nope": "canary-4711",
    }

    assert server.service.validate("REPORT", given).masked == ["folder", "nope", "note", "year"]


def test_tasks_that_cannot_run_have_no_form_to_validate(server):
    with pytest.raises(BrokenTask):
        server.service.validate("OTHER", {})
    with pytest.raises(UnknownTask):
        server.service.validate("NOPE", {})


def test_the_usual_duration_is_that_of_the_same_parameters_once_there_are_three_such_runs(server):
    for seconds in (100, 110):
        succeed(server, seconds, year=2024)
    for seconds in (1, 2, 3):
        succeed(server, seconds, year=2023)

    few, many = (server.service.validate("REPORT", {"year": year}).usual for year in (2024, 2023))
    assert (few.basis, few.runs, few.median_seconds) == (Basis.ALL_RUNS, 5, 3)
    assert (many.basis, many.runs, many.median_seconds) == (Basis.SAME_PARAMETERS, 3, 2)
    assert server.service.usual_duration("REPORT").runs == 5

    succeed(server, 120, year=2024)
    assert server.service.validate("REPORT", {"year": "2024"}).usual.median_seconds == 110


def test_a_run_keeps_the_labels_of_its_parameters_when_the_task_changes_them(server):
    run = server.submit("REPORT", year=2024, region="s", note="is canary-4711")

    assert run.parameter_labels == {
        "year": {"title": "Year"},
        "region": {"title": "Region", "value": "South"},
    }
    assert run.masked_parameters == ["note"]
