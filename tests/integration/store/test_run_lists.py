"""Lists of runs among many: each query takes a range of an index, on both databases."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import postgresql
import pytest
import sqlalchemy
from factories import digest_of
from sqlalchemy import insert

from taskdeck.execution import run_search
from taskdeck.model.binding import fingerprint
from taskdeck.model.run import RunStatus, Trigger
from taskdeck.store import run_lists, runs, tables
from taskdeck.store.database import Database
from taskdeck.store.run_lists import Wanted

AT = datetime(2026, 11, 21, 10, tzinfo=UTC)
TASKS = [f"T{number}" for number in range(20)]
COUNT = 4000
USUALLY = {"year": 2024, "district": "Žilina"}
SOMETIMES = {"year": 2023, "district": "Žilina"}
KASANGATI = {"year": 2024, "district": "Kasangati 50%"}


def row(number):
    started = AT + timedelta(seconds=number)
    parameters = KASANGATI if number == 40 else SOMETIMES if number % 1000 == 3 else USUALLY
    return {
        "task_id": TASKS[number % len(TASKS)],
        "task_name": "A task",
        "kind": "script",
        # Mostly successes; the last runs are no exception.
        "status": RunStatus.FAILED if number % 50 == 0 else RunStatus.SUCCEEDED,
        "definition": {},
        "parameters": parameters,
        "parameters_sha256": fingerprint(parameters),
        "reason": "ValueError: no such district" if number % 50 == 0 else "",
        "catalog_version": "v",
        "source_sha256": "s",
        "trigger": "cli" if number == 77 else "api",
        "attempt": 1,
        "created_at": started,
        "started_at": started,
        "finished_at": started + timedelta(seconds=number % len(TASKS)),
        "updated_at": started,
        "facts": {},
    }


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request, tmp_path_factory):
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('runs') / 'store.db'}"
        else:
            url = stack.enter_context(postgresql.schema())
        database = Database(url)
        stack.callback(database.close)
        database.prepare()
        with database.write() as connection:
            connection.execute(insert(tables.run), [row(number) for number in range(COUNT)])
        with database.write() as connection:
            connection.exec_driver_sql("ANALYZE")
        yield database


@pytest.fixture
def plans(database):
    """The plan of each query that the test makes."""
    found = []

    def explain(connection, _cursor, statement, parameters, _context, _many):
        if statement.startswith("SELECT") and not connection.info.get("explaining"):
            connection.info["explaining"] = True
            prefix = "EXPLAIN QUERY PLAN" if database.is_local else "EXPLAIN"
            rows = connection.exec_driver_sql(f"{prefix} {statement}", parameters).all()
            connection.info["explaining"] = False
            found.append("\n".join(str(each[-1]) for each in rows))

    sqlalchemy.event.listen(database.engine, "before_cursor_execute", explain)
    yield found
    sqlalchemy.event.remove(database.engine, "before_cursor_execute", explain)


def uses_indexes(plan):
    return "SCAN run" not in plan and "Seq Scan on run" not in plan and "B-TREE FOR ORDER" not in plan


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"before": COUNT // 2},
        {"task_id": "T3"},
        {"task_id": "T3", "before": COUNT // 2},
        {"statuses": [RunStatus.FAILED]},
        {"task_id": "T0", "statuses": [RunStatus.FAILED], "before": COUNT // 2},
        {"statuses": [RunStatus.LOST]},
    ],
)
def test_a_page_of_runs_is_a_range_of_an_index(database, plans, wanted):
    with database.read() as connection:
        page = runs.newest(connection, limit=20, **wanted)

    (plan,) = plans
    # Without a filter, SQLite walks the table itself backwards, which is in the order of the ids.
    assert uses_indexes(plan) or (database.is_local and not wanted and plan == "SCAN run"), plan
    assert [run.id for run in page] == sorted((run.id for run in page), reverse=True)


def test_the_last_runs_of_all_tasks_are_one_query(database, plans):
    with database.read() as connection:
        by_task = runs.newest_of_each(connection, [*TASKS, "NEVER"], limit=3)

    (plan,) = plans
    assert "SCAN run" not in plan
    assert by_task["NEVER"] == []
    for task_id in TASKS:
        with database.read() as connection:
            newest = runs.newest(connection, task_id=task_id, limit=3)
        assert by_task[task_id] == [digest_of(run) for run in newest]


def test_how_long_tasks_usually_take_is_one_query_that_looks_at_a_few_successes_of_each(database, plans):
    with database.read() as connection:
        seconds = runs.seconds_of_successes(connection, [*TASKS, "NEVER"], limit=5)

    (plan,) = plans
    assert "SCAN run" not in plan
    assert seconds == {**{task_id: [float(number)] * 5 for number, task_id in enumerate(TASKS)}, "NEVER": []}


def test_how_long_a_task_takes_with_certain_parameters_is_a_range_of_an_index(database, plans):
    with database.read() as connection:
        same = runs.seconds_of_successes_with(connection, "T3", parameters_sha256=fingerprint(SOMETIMES), limit=5)
        all_alike = runs.seconds_of_successes_with(connection, "T4", parameters_sha256=fingerprint(USUALLY), limit=5)
        never = runs.seconds_of_successes_with(connection, "T3", parameters_sha256=fingerprint({}), limit=5)

    for plan in plans:
        assert uses_indexes(plan), plan
        assert "ix_run_same_parameters" in plan, plan
    assert (same, all_alike, never) == ([3.0] * 4, [4.0] * 5, [])


def test_more_tasks_than_one_query_takes_are_asked_for_in_parts(database):
    many = [f"NOT_{number}" for number in range(900)]
    with database.read() as connection:
        by_task = runs.newest_of_each(connection, [*many, "T1"], limit=1)

    assert len(by_task["T1"]) == 1
    assert len(by_task) == 901


def test_what_changed_lately_is_a_range_of_an_index(database, plans):
    with database.read() as connection:
        changed = runs.changed_since(connection, AT + timedelta(seconds=COUNT - 3), after=0, limit=100)

    (plan,) = plans
    assert uses_indexes(plan), plan
    assert "updated_at>" in plan or "updated_at >=" in plan
    assert [at for _, at in changed] == [AT + timedelta(seconds=COUNT - back) for back in (3, 2, 1)]


def listed(database, *, limit=20, **wanted):
    """All pages, as a caller reads them."""
    found, before, pages = [], None, 0
    while True:
        page = run_search.page(database, Wanted(**wanted), before=before, limit=limit)
        assert len(page.runs) <= limit
        assert before is None or all(run.id < before for run in page.runs)
        found += page.runs
        before, pages = page.next_before, pages + 1
        if before is None:
            return found, pages


@pytest.fixture(scope="module")
def everything(database):
    with database.read() as connection:
        return runs.newest(connection, limit=COUNT)


@pytest.mark.parametrize(
    ("wanted", "is_wanted"),
    [
        ({}, lambda run: True),
        ({"task_ids": ("T3",)}, lambda run: run.task_id == "T3"),
        ({"task_ids": ("T3", "T0", "NEVER", "T3")}, lambda run: run.task_id in ("T3", "T0")),
        ({"statuses": (RunStatus.FAILED, RunStatus.LOST)}, lambda run: run.status is RunStatus.FAILED),
        ({"statuses": tuple(RunStatus)}, lambda run: True),
        (
            {"task_ids": ("T0", "T10", "T1"), "statuses": (RunStatus.FAILED, RunStatus.QUEUED)},
            lambda run: run.status is RunStatus.FAILED and run.task_id in ("T0", "T10"),
        ),
        ({"triggers": (Trigger.CLI, Trigger.DASHBOARD)}, lambda run: run.trigger is Trigger.CLI),
        (
            {"since": AT + timedelta(seconds=100), "until": AT + timedelta(seconds=120)},
            lambda run: AT + timedelta(seconds=100) <= run.created_at < AT + timedelta(seconds=120),
        ),
        ({"since": AT + timedelta(days=1)}, lambda run: False),
        ({"until": AT}, lambda run: False),
        ({"words": ("kasangati",)}, lambda run: "Kasangati" in run.parameters["district"]),
        ({"words": ("50%", "year")}, lambda run: "Kasangati" in run.parameters["district"]),
        ({"words": ("Žilina", "DISTRICT", "valueerror")}, lambda run: run.reason != "" and run.id != 41),
        ({"words": ("4_0",)}, lambda run: False),
        ({"words": ("77",), "triggers": (Trigger.API,)}, lambda run: run.id == 77),
        ({"run_id": 12}, lambda run: run.id == 12),
        ({"run_id": 12, "task_ids": ("NEVER",)}, lambda run: False),
    ],
)
def test_pages_of_a_list_hold_every_wanted_run_once_and_in_order(database, everything, wanted, is_wanted):
    found, _ = listed(database, **wanted)

    assert found == [run for run in everything if is_wanted(run)]


def test_a_search_without_an_index_says_how_far_it_came(database, everything, monkeypatch):
    monkeypatch.setattr(run_search, "WORK_SECONDS", 0)

    found, pages = listed(database, words=("kasangati",))

    assert [run.id for run in found] == [41]
    assert pages > 1


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"task_ids": ("T3", "T4", "NEVER")},
        {"statuses": (RunStatus.FAILED, RunStatus.LOST)},
        {"task_ids": tuple(TASKS), "statuses": tuple(RunStatus)[1:]},
        {"words": ("nothing",)},
        {"task_ids": ("T3",), "triggers": (Trigger.CLI,)},
        {"since": AT + timedelta(hours=1), "until": AT + timedelta(hours=2), "statuses": (RunStatus.FAILED,)},
    ],
)
def test_each_query_of_a_list_takes_ranges_of_indexes(database, plans, wanted):
    run_search.page(database, Wanted(**wanted), before=COUNT // 2, limit=20)

    assert plans
    for plan in plans:
        # SQLite calls reading the end of an index a search, and sorts the few that the parts of a union have found.
        assert "SCAN run" not in plan, plan
        assert "Seq Scan on run" not in plan, plan


def test_as_many_tasks_and_statuses_as_may_be_asked_for_fit_into_one_query(database):
    many = tuple(f"NOT_{number}" for number in range(run_lists.MAX_TASKS - 1))

    found, _ = listed(database, task_ids=(*many, "T1"), statuses=tuple(RunStatus)[1:])

    assert {run.task_id for run in found} == {"T1"}
