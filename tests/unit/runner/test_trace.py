from __future__ import annotations

import json
from pathlib import Path

from taskdeck.model.trace import MEANINGS, Stage
from taskdeck.runner.trace import Trace


def marks(directory: Path, run_id: int) -> list[dict[str, object]]:
    return [json.loads(line) for line in (directory / f"{run_id}.jsonl").read_text().splitlines()]


def test_each_run_has_a_file_with_a_line_for_each_mark(tmp_path: Path) -> None:
    trace = Trace(tmp_path / "traces")
    trace.prepare()
    trace.mark(7, Stage.RECEIVED, at_ns=1)
    trace.mark(7, Stage.RECORDED, at_ns=2, seq=30)
    trace.mark(8, Stage.RECEIVED, at_ns=3)

    assert marks(tmp_path / "traces", 7) == [
        {"stage": "received", "at_ns": 1},
        {"stage": "recorded", "at_ns": 2, "seq": 30},
    ]
    assert marks(tmp_path / "traces", 8) == [{"stage": "received", "at_ns": 3}]


def test_two_processes_write_into_one_file(tmp_path: Path) -> None:
    for writer, stage in ((Trace(tmp_path), Stage.COMMITTED), (Trace(tmp_path), Stage.CLAIMED)):
        writer.mark(7, stage)

    assert [each["stage"] for each in marks(tmp_path, 7)] == ["committed", "claimed"]


def test_a_trace_that_is_off_writes_nothing(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    trace = Trace(None)
    trace.prepare()
    trace.mark(7, Stage.RECEIVED)

    assert list(tmp_path.iterdir()) == []


def test_a_directory_that_is_gone_costs_the_run_nothing(tmp_path: Path) -> None:
    Trace(tmp_path / "gone").mark(7, Stage.RECEIVED)

    assert not (tmp_path / "gone").exists()


def test_every_stage_has_words() -> None:
    assert list(MEANINGS) == list(Stage)
