"""The times of a run's stages, written by all processes that have a part in it."""

import json

import pytest
import socketio
from factories import make_notebook, make_project
from servers import TOKEN, serving

from taskdeck.model.trace import Stage

SAY = "from taskdeck import sdk\nsdk.log('first')"
BEFORE_THE_RUNNER = [Stage.RECEIVED, Stage.BOUND, Stage.COMMITTED, Stage.CLAIMED, Stage.JOB_BUILT, Stage.JOB_RECEIVED]
AFTER_THE_MESSAGE = [Stage.SAID, Stage.JOURNALED, Stage.RECORDED, Stage.CHUNK_READ, Stage.EMITTED]
IN_A_NOTEBOOK = [Stage.PREPARED, Stage.KERNEL_READY, Stage.CELL_STARTED]


@pytest.fixture
def project(tmp_path):
    return make_project(tmp_path / "project", files={"cells.ipynb": make_notebook(SAY), "lines.py": SAY})


def watch_to_its_end(server, task):
    run_id = server.submit(task)
    with socketio.SimpleClient() as client:
        client.connect(server.url, auth={"token": TOKEN}, transports=["websocket"])
        client.emit("watch", {"run_id": run_id, "after": 0})
        ended = False
        while not ended:
            name, frame = client.receive(timeout=60)
            ended = name == "events" and frame["ended"]
    return run_id


def first_of_each(file, stages):
    """Those of the message and of what follows it: a stage that comes before is about earlier events."""
    marks = [json.loads(line) for line in file.read_text().splitlines()]
    message = next(mark["seq"] for mark in marks if mark["stage"] == Stage.SAID)
    found = {}
    for mark in sorted(marks, key=lambda each: each["at_ns"]):
        if mark["stage"] not in AFTER_THE_MESSAGE or mark["seq"] >= message:
            found.setdefault(mark["stage"], mark["at_ns"])
    return sorted((stage for stage in found if stage in stages), key=found.__getitem__)


@pytest.mark.parametrize(
    ("task", "stages"),
    [
        ("CELLS", [*BEFORE_THE_RUNNER, *IN_A_NOTEBOOK, *AFTER_THE_MESSAGE]),
        ("LINES", [*BEFORE_THE_RUNNER, *AFTER_THE_MESSAGE]),
    ],
)
def test_the_stages_of_a_run_are_noted_in_their_order(project, task, stages):
    with serving(project, TASKDECK_TRACE="true") as server:
        run_id = watch_to_its_end(server, task)

        assert first_of_each(project / f".taskdeck/traces/{run_id}.jsonl", stages) == stages


def test_without_the_setting_nothing_is_noted(project):
    with serving(project) as server:
        watch_to_its_end(server, "LINES")

    assert not (project / ".taskdeck/traces").exists()
