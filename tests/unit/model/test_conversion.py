"""Values of each type, from JSON and from text."""

from __future__ import annotations

import pytest

from taskdeck.model.conversion import MAX_INTEGER, MAX_TEXT_BYTES, Unconvertible, convert
from taskdeck.model.parameter import ParameterType

_CONVERTED = [
    ("string", "2024", "2024"),
    ("string", " kept as it is\n", " kept as it is\n"),
    ("multi_line_string", "a\nb", "a\nb"),
    ("integer", 5, 5),
    ("integer", "2024", 2024),
    ("integer", " -7 ", -7),
    ("integer", MAX_INTEGER, MAX_INTEGER),
    ("float", 1.5, 1.5),
    ("float", 2, 2.0),
    ("float", "1e3", 1000.0),
    ("float", ".5", 0.5),
    ("bool", True, True),
    ("bool", "Yes", True),
    ("bool", "0", False),
    ("date", "2024-02-29", "2024-02-29"),
    ("date", " 2024-02-29 ", "2024-02-29"),
    ("datetime", "2024-01-31T09:30", "2024-01-31T09:30:00"),
    ("datetime", "2024-01-31 09:30:05.5", "2024-01-31T09:30:05.500000"),
    ("datetime", "2024-01-31t09:30z", "2024-01-31T09:30:00+00:00"),
    ("datetime", "2024-01-31T09:30+0200", "2024-01-31T09:30:00+02:00"),
    ("datetime", "2024-01-31", "2024-01-31T00:00:00"),
]


@pytest.mark.parametrize(("type_", "written", "value"), _CONVERTED)
def test_a_value_that_reads_exactly_as_the_type_is_converted(type_: str, written: object, value: object) -> None:
    converted = convert(ParameterType(type_), written)

    assert (converted, type(converted)) == (value, type(value))


_REFUSED = [
    ("string", 5, "must be a text, found 5"),
    ("string", None, "must be a text, found nothing"),
    ("string", ["a"], "must be a text, found a list"),
    ("string", "a\0b", "must be a text without NUL characters, found 'a\\x00b'"),
    ("string", "\ud800", "must be a text of whole Unicode characters, found '\\ud800'"),
    ("integer", 1.0, "must be a whole number, found 1.0"),
    ("integer", 1.5, "must be a whole number, found 1.5"),
    ("integer", "1.5", "must be a whole number, found '1.5'"),
    ("integer", "1_000", "must be a whole number, found '1_000'"),
    ("integer", "٣", "must be a whole number, found '٣'"),
    ("integer", True, "must be a whole number, found true"),
    ("integer", 2**63, f"must be a whole number between -{MAX_INTEGER} and {MAX_INTEGER}, found {2**63}"),
    pytest.param(
        "integer",
        10**9999,
        f"must be a whole number between -{MAX_INTEGER} and {MAX_INTEGER}, found a huge number",
        id="huge integer",
    ),
    ("float", "1,5", "must be a number, found '1,5'"),
    ("float", "nan", "must be a number, found 'nan'"),
    ("float", float("nan"), "must be a finite number, found nan"),
    ("float", "1e999", "must be a finite number, found '1e999'"),
    pytest.param("float", 10**9999, "must be a finite number, found a huge number", id="huge float"),
    ("float", False, "must be a number, found false"),
    ("bool", 1, "must be true or false, found 1"),
    ("bool", "perhaps", "must be true or false, found 'perhaps'"),
    ("date", "31/01/2024", "must be a date like 2024-01-31, found '31/01/2024'"),
    ("date", "20240131", "must be a date like 2024-01-31, found '20240131'"),
    ("date", "2023-02-29", "must be a date of the calendar, found '2023-02-29'"),
    ("date", 20240131, "must be a date like 2024-01-31, found 20240131"),
    ("datetime", "2024-W01-1", "must be a date and time like 2024-01-31T09:30, found '2024-W01-1'"),
    ("datetime", "2024-01-31T25:00", "must be a date and time of the calendar, found '2024-01-31T25:00'"),
    ("datetime", {}, "must be a date and time like 2024-01-31T09:30, found an object"),
]


@pytest.mark.parametrize(("type_", "written", "message"), _REFUSED)
def test_anything_else_is_refused_in_words_an_analyst_understands(type_: str, written: object, message: str) -> None:
    with pytest.raises(Unconvertible) as refusal:
        convert(ParameterType(type_), written)

    assert str(refusal.value) == message


def test_a_text_may_be_one_mebibyte_long_and_no_longer() -> None:
    assert convert(ParameterType.STRING, "x" * MAX_TEXT_BYTES) == "x" * MAX_TEXT_BYTES
    with pytest.raises(Unconvertible, match="must be a text of at most 1 MiB"):
        convert(ParameterType.STRING, "é" * (MAX_TEXT_BYTES // 2 + 1))
