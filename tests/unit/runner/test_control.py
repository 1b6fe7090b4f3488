from __future__ import annotations

import os
from pathlib import Path

from taskdeck.runner import control, processes


def test_only_one_process_begins_an_attempt_and_all_others_see_which(tmp_path: Path) -> None:
    assert control.begin(tmp_path, 1)
    assert not control.begin(tmp_path, 1)
    assert control.runner_of(tmp_path, 1) == (os.getpid(), processes.created_at(os.getpid()))
    assert [file.name for file in tmp_path.iterdir()] == ["begun-1.json"]


def test_the_runner_of_an_attempt_is_not_taken_for_that_of_the_next(tmp_path: Path) -> None:
    control.begin(tmp_path, 1)

    assert control.runner_of(tmp_path, 2) is None
    assert control.begin(tmp_path, 2)


def test_an_attempt_that_was_given_up_begins_no_more(tmp_path: Path) -> None:
    assert control.forbid(tmp_path, 1)

    assert not control.begin(tmp_path, 1)
    assert control.runner_of(tmp_path, 1) == (processes.NOBODY, 0.0)
    assert not processes.is_alive(*control.runner_of(tmp_path, 1) or ())


def test_an_attempt_that_has_begun_cannot_be_given_up_any_more(tmp_path: Path) -> None:
    control.begin(tmp_path, 1)

    assert not control.forbid(tmp_path, 1)


def test_before_a_runner_has_begun_nobody_knows_it(tmp_path: Path) -> None:
    assert control.runner_of(tmp_path, 1) is None
