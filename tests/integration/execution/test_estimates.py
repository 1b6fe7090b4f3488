"""What runs are expected to take, from runs that really ended."""

import nbformat
import pytest
from factories import make_notebook

from taskdeck.execution import compaction, estimates
from taskdeck.model.duration import Basis
from taskdeck.store import cell_times
from taskdeck.store.database import StoreFull

PARAMETERS = {"year": {"type": "integer", "defaultValue": 2000, "allowOverride": True}}
TASKS = {"REPORT": {"supportedParameters": PARAMETERS}}


@pytest.fixture
def notebook():
    return make_notebook("# parameters\nyear = 1", "print(year)", "1 + 1")


def noted(server, run):
    with server.application.database.read() as connection:
        return cell_times.of_runs(connection, [run.id]).get(run.id)


def test_cells_are_found_again_after_the_notebook_was_edited(serve, notebook):
    server = serve(files={"report.ipynb": notebook}, tasks=TASKS)
    earlier = [server.run("REPORT", year=year) for year in (2001, 2002)]
    edited = make_notebook("# parameters\nyear = 1", "'inserted'", "print(year, 'edited')", "1 + 1")
    for old, new in ((0, 0), (1, 2)):
        edited.cells[new].id = notebook.cells[old].id
    (server.application.settings.project / "data_tasks" / "report.ipynb").write_text(nbformat.writes(edited))

    run = server.run("REPORT", year=2001)

    found = server.service.estimate(run.id)
    assert (found.basis, found.run_count) == (Basis.ALL_RUNS, 2)
    assert found.seconds == sum(each.seconds for each in earlier) / 2
    # Declared values, injected values, then the edited and the untouched cell behind the inserted one.
    assert [(cell.index, cell.run_count) for cell in found.cells] == [(0, 2), (1, 2), (3, 2), (4, 2)]


def test_only_runs_with_the_same_values_count_when_there_are_enough(serve):
    script = {"supportedParameters": PARAMETERS}
    server = serve(files={"script.py": "print('x')"}, tasks={"SCRIPT": script})
    same = [server.run("SCRIPT", year=2001) for _ in range(3)]
    server.run("SCRIPT", year=2002)

    found = server.service.estimate(server.submit("SCRIPT", year=2001).id)

    assert (found.basis, found.run_count, found.cells) == (Basis.SAME_PARAMETERS, 3, ())
    assert found.seconds == sorted(each.seconds for each in same)[1]


def test_notes_are_made_after_the_end_and_the_events_are_not_read_again(serve, notebook, monkeypatch):
    monkeypatch.setattr(compaction, "IDLE_SECONDS", 600)
    server = serve(files={"report.ipynb": notebook, "fails.ipynb": make_notebook("1 / 0")}, tasks=TASKS)
    first, failed = server.run("REPORT"), server.run("FAILS")
    while compaction.compact_piece(server.application.database):
        pass
    assert [cell.index for cell in noted(server, first)] == [0, 1, 2, 3]
    assert noted(server, failed) is None
    second = server.run("REPORT")

    read = []
    monkeypatch.setattr(estimates, "_read", lambda _, run_id: read.append(run_id))
    assert len(server.service.estimate(second.id).cells) == 4
    assert read == []


def test_a_run_that_has_just_ended_is_noted_when_it_is_asked_for(serve, notebook, monkeypatch):
    monkeypatch.setattr(compaction, "IDLE_SECONDS", 600)
    server = serve(files={"report.ipynb": notebook}, tasks=TASKS)
    first, second = server.run("REPORT"), server.run("REPORT")
    assert noted(server, first) is None

    assert [cell.run_count for cell in server.service.estimate(second.id).cells] == [1, 1, 1, 1]

    assert len(noted(server, first)) == 4
    estimates.note(server.application.database, first.id)


def test_an_estimate_needs_no_room_for_notes(serve, notebook, monkeypatch):
    monkeypatch.setattr(compaction, "IDLE_SECONDS", 600)
    server = serve(files={"report.ipynb": notebook}, tasks=TASKS)
    first, second = server.run("REPORT"), server.run("REPORT")

    def full(*_):
        raise StoreFull

    monkeypatch.setattr(cell_times, "note", full)
    assert [cell.run_count for cell in server.service.estimate(second.id).cells] == [1, 1, 1, 1]
    assert noted(server, first) is None


def test_notes_of_a_task_do_not_pile_up(serve, notebook, monkeypatch):
    monkeypatch.setattr(cell_times, "KEPT_OF_EACH_TASK", 2)
    server = serve(files={"report.ipynb": notebook}, tasks=TASKS)
    all_of_them = [server.run("REPORT") for _ in range(3)]

    for run in all_of_them:
        estimates.note(server.application.database, run.id)

    assert [noted(server, run) is not None for run in all_of_them] == [False, True, True]


def test_the_cells_of_a_run_that_waits_are_not_known_yet(serve, notebook):
    server = serve(files={"report.ipynb": notebook}, tasks=TASKS, worker=False)
    with server.worker():
        ended = server.run("REPORT")

    found = server.service.estimate(server.submit("REPORT").id)

    assert (found.seconds, found.cells) == (ended.seconds, ())
