"""The values a task runs with: ``sdk.params({"year": 2024})``."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from taskdeck.sdk import environment

TYPE_CHECKING = False  # see environment.py
if TYPE_CHECKING:
    from typing import Any


class WrongType(ValueError):
    """A parameter's value does not fit the type of its default; the message names both."""

    def __init__(self, name: str, value: object, default: object) -> None:
        kind = _KINDS.get(type(default), type(default).__name__)
        super().__init__(f"Parameter {name!r} must be {kind}, like its default {default!r}, not {value!r}.")


_KINDS = {bool: "true or false", int: "a whole number", float: "a number"}
_TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def overlay(defaults: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """``defaults`` overlaid by the run's values, each of the type of its default.

    Without a server: overlaid by the defaults that ``data_tasks.json`` declares for the running file, and by the
    JSON object among the command line's arguments. Raises `WrongType`.
    """
    typed = dict(defaults or {})
    given = environment.parameters()
    if given is None:
        given = {**_declared(), **from_arguments(sys.argv)}
    for name, value in given.items():
        typed[name] = _like(name, value, typed[name]) if typed.get(name) is not None else value
    return typed


def from_arguments(arguments: Sequence[str]) -> dict[str, Any]:
    """The first JSON object among a command line's arguments, ``{}`` if there is none.

    A kernel's own arguments are never taken for those of the notebook in it.
    """
    if arguments and "ipykernel" in Path(arguments[0]).name:
        return {}
    for argument in arguments:
        if isinstance(argument, str) and argument.lstrip().startswith("{"):
            try:
                value = json.loads(argument)
            except ValueError:
                continue
            if isinstance(value, dict):
                return value
    return {}


def _declared() -> dict[str, Any]:
    from taskdeck.sdk import projects

    project = projects.find()
    return projects.task_defaults(project) if project else {}


def _like(name: str, value: Any, default: Any) -> Any:
    """``value`` as the type of ``default``, where it can be read as one."""
    kind = type(default)
    if value is None or type(value) is kind:
        return value
    try:
        return _convert(value, kind)
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise WrongType(name, value, default) from error


def _convert(value: Any, kind: type) -> Any:
    if kind is bool:
        return _TRUTHS[str(value).strip().lower()]
    if kind in (int, float) and isinstance(value, bool):
        raise TypeError
    if kind is int:
        number = int(value) if isinstance(value, str) and value.strip().lstrip("+-").isdigit() else float(value)
        if number != int(number):
            raise ValueError
        return int(number)
    if kind is float:
        return float(value)
    if kind is str:
        return str(value)
    if kind in (list, tuple, dict):
        decoded = json.loads(value) if isinstance(value, str) else value
        if isinstance(decoded, dict) != (kind is dict):
            raise TypeError
        return kind(decoded)
    if hasattr(kind, "fromisoformat"):  # date, datetime and time
        return kind.fromisoformat(value)
    if issubclass(kind, os.PathLike):
        return kind(value)  # type: ignore[call-arg]  # every path class takes its text
    return value
