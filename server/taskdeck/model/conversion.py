"""From what a caller wrote to a value of a parameter's type.

JSON carries typed values, the command line and HTML forms carry text: a text that reads exactly as a value of
the type is that value. Nothing is rounded, cut or guessed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime

from taskdeck.model.parameter import ParameterType, ParameterValue
from taskdeck.model.wording import describe

MAX_TEXT_BYTES = 1024 * 1024
MAX_INTEGER = 2**63 - 1

_INTEGER = re.compile(r"[+-]?[0-9]{1,30}")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = r"[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
_DATETIME = re.compile(f"{_DATE.pattern}({_TIME})?", re.IGNORECASE)
_BOOLEANS = {
    **dict.fromkeys(("true", "t", "yes", "y", "on", "1"), True),
    **dict.fromkeys(("false", "f", "no", "n", "off", "0"), False),
}


class Unconvertible(ValueError):
    """The message continues a parameter's name: ``must be a whole number, found 1.5``."""

    def __init__(self, expected: str, value: object) -> None:
        self.expected = expected
        self.found = describe(value)
        super().__init__(f"must be {expected}, found {self.found}")


def convert(type_: ParameterType, value: object) -> ParameterValue:
    """The value in its canonical form: the same literal in JSON and in Python. Raises `Unconvertible`."""
    return _CONVERTERS[type_](value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Unconvertible("a text", value)
    if len(value) > MAX_TEXT_BYTES or len(value.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
        raise Unconvertible("a text of at most 1 MiB", f"{value[:20]}…")
    if "\0" in value:
        raise Unconvertible("a text without NUL characters", value)
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise Unconvertible("a text of whole Unicode characters", value)
    return value


def _integer(value: object) -> int:
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        number = int(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        number = value
    else:
        raise Unconvertible("a whole number", value)
    if abs(number) > MAX_INTEGER:
        raise Unconvertible(f"a whole number between -{MAX_INTEGER} and {MAX_INTEGER}", value)
    return number


def _float(value: object) -> float:
    written = value.strip() if isinstance(value, str) else value
    if isinstance(written, bool) or not (
        isinstance(written, int | float) or (isinstance(written, str) and _NUMBER.fullmatch(written))
    ):
        raise Unconvertible("a number", value)
    try:
        number = float(written)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise Unconvertible("a finite number", value)
    return number


def _bool(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and (known := _BOOLEANS.get(value.strip().lower())) is not None:
        return known
    raise Unconvertible("true or false", value)


def _date(value: object) -> str:
    if isinstance(value, str) and _DATE.fullmatch(written := value.strip()):
        try:
            return date.fromisoformat(written).isoformat()
        except ValueError:
            raise Unconvertible("a date of the calendar", value) from None
    raise Unconvertible("a date like 2024-01-31", value)


def _datetime(value: object) -> str:
    if isinstance(value, str) and _DATETIME.fullmatch(written := value.strip()):
        try:
            return datetime.fromisoformat(written.upper()).isoformat()
        except ValueError:
            raise Unconvertible("a date and time of the calendar", value) from None
    raise Unconvertible("a date and time like 2024-01-31T09:30", value)


_CONVERTERS: dict[ParameterType, Callable[[object], ParameterValue]] = {
    ParameterType.STRING: _text,
    ParameterType.MULTI_LINE_STRING: _text,
    ParameterType.INTEGER: _integer,
    ParameterType.FLOAT: _float,
    ParameterType.BOOL: _bool,
    ParameterType.DATE: _date,
    ParameterType.DATETIME: _datetime,
}
