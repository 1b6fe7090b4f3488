"""From what authors compute with to what JSON can hold."""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping

TYPE_CHECKING = False  # see environment.py
if TYPE_CHECKING:
    from typing import Any

_MAX_DEPTH = 100


class TooDeep(ValueError):
    """The value is nested more than 100 levels deep, or contains itself."""

    def __str__(self) -> str:
        return self.__doc__ or ""


def jsonable(value: object, _depth: int = 0) -> Any:
    """The same value out of what JSON has, without importing any library to recognise it by.

    Not-a-number and missing values become ``None``, infinities ``"Infinity"`` and ``"-Infinity"``, dates and times
    ISO 8601, ``Decimal`` a number, bytes their text (or base64 if they are none), NumPy's and pandas' scalars and
    arrays what they hold, anything else its ``str``. Raises `TooDeep`.
    """
    if _depth > _MAX_DEPTH:
        raise TooDeep
    if value is None or value is True or value is False:
        return value
    if isinstance(value, enum.Enum):
        return jsonable(value.value, _depth + 1)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return _number(float(value))
    if isinstance(value, Mapping):
        return {_key(key): jsonable(each, _depth + 1) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(each, _depth + 1) for each in value]
    if isinstance(value, set | frozenset):
        return [jsonable(each, _depth + 1) for each in sorted(value, key=str)]
    if isinstance(value, bytes | bytearray | memoryview):
        return _text(bytes(value))
    if type(value).__name__ in ("NAType", "NaTType"):  # pandas' missing values, which equal nothing
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "dtype"):
        return _of_array(value, _depth)
    if hasattr(value, "as_integer_ratio"):
        return _of_decimal(value)
    return str(value)


def _number(value: float) -> float | str | None:
    if math.isfinite(value):
        return value
    if math.isnan(value):
        return None
    return "Infinity" if value > 0 else "-Infinity"


def _of_decimal(value: Any) -> float | str | None:
    """A Decimal or Fraction."""
    if getattr(value, "is_nan", lambda: False)():  # a signalling one refuses to become a float
        return None
    number = float(value)
    return int(value) if math.isfinite(number) and value == int(value) else _number(number)


def _key(key: object) -> str:
    converted = jsonable(key)
    return converted if isinstance(converted, str) else str(converted)


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        import base64

        return base64.b64encode(value).decode("ascii")


def _of_array(value: Any, depth: int) -> Any:
    """A NumPy scalar or array, or a pandas Series or Index."""
    if getattr(value.dtype, "kind", "") in "mM":
        # As Python objects these would be plain nanoseconds.
        return _without_missing_times(value.astype(str).tolist())
    return jsonable(value.tolist() if hasattr(value, "tolist") else str(value), depth + 1)


def _without_missing_times(texts: Any) -> Any:
    if isinstance(texts, list):
        return [_without_missing_times(text) for text in texts]
    return texts if isinstance(texts, str) and texts != "NaT" else None
