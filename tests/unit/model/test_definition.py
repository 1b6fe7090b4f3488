"""From what an author wrote about a parameter to the parameter that is bound."""

from __future__ import annotations

from typing import Any

import pytest

from taskdeck.model.definition import Declaration, Finding, define, duplicate_names
from taskdeck.model.parameter import AllowedValue, Parameter, ParameterType, name_problem
from taskdeck.model.problem import Severity


def declared(**keys: Any) -> Declaration:
    return Declaration(name="x", **{"allow_override": True, **keys})


@pytest.mark.parametrize(
    ("default", "type_"),
    [
        (True, ParameterType.BOOL),
        (2024, ParameterType.INTEGER),
        (2.0, ParameterType.FLOAT),
        ("2024-01-01", ParameterType.STRING),
        ("", ParameterType.STRING),
        ("two\nlines", ParameterType.MULTI_LINE_STRING),
        (None, ParameterType.STRING),
    ],
)
def test_the_type_is_inferred_from_the_default(default: Any, type_: ParameterType) -> None:
    assert define(declared(default=default)).parameter == Parameter(
        name="x", type=type_, default=default, has_default=True
    )


def test_the_type_is_inferred_from_a_fixed_value_or_from_allowed_values() -> None:
    choices = (AllowedValue(label="", value=5),)

    assert define(declared(value=True)).parameter.type is ParameterType.BOOL
    assert define(declared(allowed_values=choices)).parameter.type is ParameterType.INTEGER
    assert define(declared()).parameter.type is ParameterType.STRING


def test_default_and_allowed_values_are_converted_to_the_type() -> None:
    choices = (AllowedValue(label="Last year", value="2023"), AllowedValue(label="", value=2024))
    definition = define(declared(type=ParameterType.INTEGER, default="2024", allowed_values=choices))

    assert definition.findings == ()
    assert definition.parameter == Parameter(
        name="x",
        type=ParameterType.INTEGER,
        default=2024,
        has_default=True,
        allowed_values=(AllowedValue(label="Last year", value=2023), AllowedValue(label="2024", value=2024)),
    )


def test_a_parameter_is_protected_unless_its_author_says_otherwise() -> None:
    assert define(Declaration(name="x", default=1)).parameter.protected
    assert define(Declaration(name="x", default=1, allow_override=False)).parameter.protected
    assert not define(Declaration(name="x", default=1, allow_override=True)).parameter.protected


def test_a_required_parameter_is_open_to_callers_without_saying_so() -> None:
    definition = define(Declaration(name="x", required=True))

    assert definition.findings == ()
    assert definition.parameter == Parameter(name="x", required=True, protected=False)


def test_a_value_fixes_the_parameter() -> None:
    definition = define(Declaration(name="x", value="2024-01-31", type=ParameterType.DATE, required=True))

    assert definition.findings == ()
    assert definition.parameter == Parameter(
        name="x", type=ParameterType.DATE, default="2024-01-31", has_default=True, protected=True
    )


_WARNING = Severity.WARNING
_FINDINGS: list[tuple[Declaration, list[Finding]]] = [
    (
        declared(type=ParameterType.INTEGER, default="soon"),
        [
            Finding(
                key=("defaultValue",),
                message="defaultValue is not of type integer",
                expected="a whole number",
                found="'soon'",
            )
        ],
    ),
    (
        declared(type=ParameterType.BOOL, value="perhaps", allow_override=None),
        [Finding(key=("value",), message="value is not of type bool", expected="true or false", found="'perhaps'")],
    ),
    (
        declared(required=True, default=1),
        [
            Finding(
                key=("defaultValue",),
                message="A required parameter cannot have a default: every run has to be given its value",
            )
        ],
    ),
    (
        declared(required=True, allow_override=False),
        [
            Finding(
                key=("allowOverride",),
                message="A required parameter that no caller may set can never have a value",
                expected="true",
                found="false",
            )
        ],
    ),
    (
        declared(value=1),
        [
            Finding(
                key=("allowOverride",),
                message="value fixes the parameter, so allowOverride has no effect",
                severity=_WARNING,
            )
        ],
    ),
    (
        declared(value=1, default=2, allow_override=None),
        [
            Finding(
                key=("defaultValue",),
                message="value fixes the parameter, so defaultValue has no effect",
                severity=_WARNING,
            )
        ],
    ),
    (
        declared(default=1, allow_override=False, prompt=True),
        [
            Finding(
                key=("promptUser",),
                message='promptUser asks for a value that no caller may set; add "allowOverride": true',
                severity=_WARNING,
            )
        ],
    ),
    (
        declared(allow_override=None),
        [
            Finding(
                message='This parameter can never have a value: add a defaultValue, or "allowOverride": true',
                severity=_WARNING,
            )
        ],
    ),
    (
        declared(allowed_values=()),
        [Finding(key=("allowedValues",), message="allowedValues is empty: no value could ever be chosen")],
    ),
    (
        declared(
            type=ParameterType.INTEGER,
            default=3,
            allowed_values=tuple(AllowedValue(label="", value=value) for value in (1, "two", "1")),
        ),
        [
            Finding(
                key=("allowedValues", 1),
                message="This allowed value is not of type integer",
                expected="a whole number",
                found="'two'",
            ),
            Finding(key=("allowedValues", 2), message="The allowed value 1 is listed twice", severity=_WARNING),
            Finding(
                key=("defaultValue",),
                message="defaultValue is none of the allowed values",
                expected="one of 1",
                found="3",
            ),
        ],
    ),
]


@pytest.mark.parametrize(("declaration", "findings"), _FINDINGS)
def test_what_is_wrong_with_a_declaration_is_found(declaration: Declaration, findings: list[Finding]) -> None:
    assert list(define(declaration).findings) == findings


@pytest.mark.parametrize("name", ["year", "YEAR_2", "2024", "a__b", "x"])
def test_names_of_letters_digits_and_inner_underscores_are_fine(name: str) -> None:
    assert name_problem(name) is None


@pytest.mark.parametrize("name", ["", "_x", "x_", "start-date", "jahr für jahr", "a.b", "é", "x\n"])
def test_names_that_cannot_be_variables_are_refused(name: str) -> None:
    message = "a name holds only letters, digits and underscores, and begins and ends with a letter or digit"
    assert name_problem(name) == message


@pytest.mark.parametrize(
    "name", ["PATH", "path", "Home", "database", "TASKDECK_RUN_ID", "taskdeck_x", "runner_user_id"]
)
def test_names_of_variables_that_have_a_meaning_are_reserved_whatever_their_case(name: str) -> None:
    assert name_problem(name) == f"{name} is a reserved name"


def test_names_that_differ_only_in_case_are_duplicates_of_the_first() -> None:
    assert duplicate_names(["year", "month", "Year", "YEAR"]) == {"Year": "year", "YEAR": "year"}
