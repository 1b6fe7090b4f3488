"""Phrases for people."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskdeck.model.wording import closest, describe, did_you_mean, duration


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        (True, "true"),
        (1.5, "1.5"),
        ("it's", '"it\'s"'),
        ("x" * 100, repr("x" * 59 + "…")),
        ([1], "a list"),
        ({}, "an object"),
        pytest.param(10**9999, "a huge number", id="huge"),
        (b"x", "a bytes"),
    ],
)
def test_values_are_described_in_few_words(value: object, words: str) -> None:
    assert describe(value) == words


@pytest.mark.parametrize(
    ("word", "suggestion"),
    [("EMPS", "EPMS"), ("epms", "EPMS"), ("PosgtresSQL", "postgresql"), ("unrelated", None), ("", None)],
)
def test_the_nearest_known_word_is_suggested(word: str, suggestion: str | None) -> None:
    assert closest(word, ["EPMS", "ANA", "postgresql", "mysql"]) == suggestion


def test_nothing_is_suggested_where_nothing_is_near() -> None:
    assert did_you_mean("colour", ["year"]) == ""
    assert did_you_mean("yaer", ["year"]) == "; did you mean 'year'?"


def test_of_very_many_words_one_with_the_same_first_letter_is_suggested() -> None:
    assert closest("zbra", [*(f"word{n}" for n in range(1000)), "zebra"]) == "zebra"


@given(st.text(st.characters()))
def test_any_text_is_described_in_printable_characters(text: str) -> None:
    assert describe(text).isprintable()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.5, "0.5 s"), (90, "90 s"), (300, "5 min"), (150, "2 min 30 s"), (3600, "60 min"), (9000, "2 h 30 min")],
)
def test_a_length_of_time_has_at_most_two_units(seconds: float, words: str) -> None:
    assert duration(seconds) == words
