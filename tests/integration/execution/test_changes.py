from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from factories import make_new_run, make_project

from taskdeck import app
from taskdeck.settings import from_environment
from taskdeck.store import runs


def test_every_change_of_a_burst_is_seen_though_many_were_made_at_once(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project", files={"sample.py": "print(1)"})
    new = make_new_run("SAMPLE")
    began = datetime.now(UTC)
    times = [began - timedelta(seconds=1), *[began] * 5, *[began + timedelta(seconds=1)] * 3]
    with app.open_application(from_environment(project, {})) as application:
        with application.service.database.write() as connection:
            stored = [runs.insert_queued(connection, new, now=time).id for time in times]

        for page_size in (2, 4, 8, 100):
            seen = [run.id for run in application.service.runs_changed_since(began, page_size)]
            assert seen == stored[1:]
