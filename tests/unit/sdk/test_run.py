"""`sdk.run_id` and `sdk.is_interactive`."""

from __future__ import annotations

import io
import sys

import pytest

from taskdeck import sdk


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_outside_of_a_run_there_is_no_number() -> None:
    assert sdk.run_id is None


def test_the_number_of_a_run_that_began_after_the_import(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKDECK_RUN_ID", "12")
    assert sdk.run_id == 12


def test_a_terminal_is_interactive_but_for_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal())
    assert sdk.is_interactive

    monkeypatch.setenv("TASKDECK_RUN_ID", "12")
    assert not sdk.is_interactive


def test_a_script_without_a_terminal_is_not_interactive(monkeypatch: pytest.MonkeyPatch) -> None:
    for stdin in (io.StringIO(), None):
        monkeypatch.setattr(sys, "stdin", stdin)
        assert not sdk.is_interactive


def test_a_misspelt_name_says_so() -> None:
    with pytest.raises(AttributeError, match="no attribute 'runid'"):
        getattr(sdk, "runid")  # noqa: B009  # a type checker would find it, an author without one must, too


def test_the_public_names_are_all_there() -> None:
    assert [name for name in sdk.__all__ if not hasattr(sdk, name)] == []
    assert dir(sdk) == sdk.__all__
