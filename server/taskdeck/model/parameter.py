"""Typed inputs of a task, and the binding of a caller's values to them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

ParameterValue = str | int | float | bool | None
"""A bound value. Dates and datetimes are ISO 8601 strings: they must be the same literal in JSON and in Python."""


class ParameterType(StrEnum):
    STRING = "string"
    MULTI_LINE_STRING = "multi_line_string"
    INTEGER = "integer"
    FLOAT = "float"
    BOOL = "bool"
    DATE = "date"
    DATETIME = "datetime"

    @property
    def is_text(self) -> bool:
        return self in (ParameterType.STRING, ParameterType.MULTI_LINE_STRING)


@dataclass(frozen=True, kw_only=True)
class AllowedValue:
    """One choice of a drop-down."""

    label: str
    value: ParameterValue


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One declared input. ``has_default`` tells a default of ``None`` from none at all."""

    name: str
    type: ParameterType = ParameterType.STRING
    title: str = ""
    description: str = ""
    default: ParameterValue = None
    has_default: bool = False
    required: bool = False
    protected: bool = False
    """A caller's value must never reach the task (``allowOverride: false``, or a fixed ``value``)."""
    prompt: bool = False
    """The form asks for it before every run."""
    allowed_values: tuple[AllowedValue, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Binding:
    """The outcome of `bind`. With ``problems``, ``values`` are those of the other parameters, and no run is made."""

    values: dict[str, Any]
    problems: dict[str, str]


RESERVED_NAMES = frozenset(
    {"PATH", "HOME", "HOSTNAME", "PWD", "CIVIS_API_KEY", "DATABASE", "RUNNER_USER", "RUNNER_USER_ID"}
)
"""Environment variables that a parameter must not overwrite, in upper case; beside them all of ``TASKDECK_*``."""

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_]*[A-Za-z0-9])?")


def name_problem(name: str) -> str | None:
    """What forbids this name as that of an environment variable, which every parameter becomes; ``None`` if nothing."""
    if name.upper() in RESERVED_NAMES or name.upper().startswith("TASKDECK_"):
        return f"{name} is a reserved name"
    if not _NAME.fullmatch(name):
        return "a name holds only letters, digits and underscores, and begins and ends with a letter or digit"
    return None


def infer_type(value: ParameterValue) -> ParameterType:
    """The type of a parameter that has a value but no declared type. Texts stay texts, whatever they look like."""
    match value:
        case bool():
            return ParameterType.BOOL
        case int():
            return ParameterType.INTEGER
        case float():
            return ParameterType.FLOAT
        case str() if "\n" in value:
            return ParameterType.MULTI_LINE_STRING
        case _:
            return ParameterType.STRING
