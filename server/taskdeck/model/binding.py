"""From a caller's values to the values a task runs with: pure, and all problems at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from taskdeck.model.conversion import Unconvertible, convert
from taskdeck.model.parameter import Binding, Parameter, ParameterValue
from taskdeck.model.wording import describe, did_you_mean

_MAX_LISTED_VALUES = 10
_MAX_UNKNOWN_NAMES = 100
_PROTECTED = "is set by the task and cannot be changed"


def bind(parameters: Iterable[Parameter], given: Mapping[str, object]) -> Binding:
    """Binds ``given`` to the declared ``parameters``.

    Not given is a name that is absent, ``None``, or the empty text of an empty form field where the empty text
    is no value of the parameter. A parameter that is not given has its default; one without a default is left
    out of the values, and so is one that has a problem. Never raises: whatever is wrong is a problem, by parameter
    name.
    """
    declared = {parameter.name: parameter for parameter in parameters}
    problems = _unknown(declared, given)
    values: dict[str, ParameterValue] = {}
    for name, parameter in declared.items():
        value = given.get(name)
        if not _is_given(parameter, value):
            if parameter.has_default:
                values[name] = parameter.default
            elif parameter.required:
                problems[name] = "is required"
        elif parameter.protected:
            problems[name] = _PROTECTED
        else:
            try:
                values[name] = _bound(parameter, value)
            except Unconvertible as unconvertible:
                problems[name] = str(unconvertible)
    return Binding(values=values, problems=problems)


def without_untakeable(
    parameters: Iterable[Parameter], given: Mapping[str, object]
) -> tuple[dict[str, object], dict[str, str]]:
    """``given`` without what no caller of the task can give, and by name why it was left out.

    For callers who are used to such values being ignored; `bind` has a problem with each.
    """
    declared = {parameter.name: parameter for parameter in parameters}
    left_out = _unknown(declared, given)
    for name, parameter in declared.items():
        if parameter.protected and _is_given(parameter, given.get(name)):
            left_out[name] = _PROTECTED
    takeable = {name: value for name, value in given.items() if name in declared and name not in left_out}
    return takeable, left_out


def fingerprint(values: Mapping[str, object]) -> str:
    """The same text for the same values, in whatever order: 64 hexadecimal digits."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _unknown(declared: Mapping[str, Parameter], given: Mapping[str, object]) -> dict[str, str]:
    unknown = [name for name in given if name not in declared]
    return {
        name: "is not a parameter of this task" + did_you_mean(name, declared) for name in unknown[:_MAX_UNKNOWN_NAMES]
    }


def _is_given(parameter: Parameter, value: object) -> bool:
    if value is None:
        return False
    if not isinstance(value, str) or value.strip():
        return True
    if parameter.required or not parameter.type.is_text:
        return False
    return not parameter.allowed_values or any(each.value == value for each in parameter.allowed_values)


def _bound(parameter: Parameter, value: object) -> ParameterValue:
    converted = convert(parameter.type, value)
    allowed = [each.value for each in parameter.allowed_values]
    if allowed and converted not in allowed:
        raise Unconvertible(one_of(allowed), value)
    return converted


def one_of(allowed: list[ParameterValue]) -> str:
    """``one of 'a', 'b'``, or the first ten of many."""
    listed = ", ".join(describe(each) for each in allowed[:_MAX_LISTED_VALUES])
    return f"one of {listed}" + (", …" if len(allowed) > _MAX_LISTED_VALUES else "")
