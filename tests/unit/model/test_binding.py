"""What callers give, and what tasks get."""

from __future__ import annotations

import ast
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from taskdeck.model.binding import bind, without_untakeable
from taskdeck.model.parameter import AllowedValue, Binding, Parameter, ParameterType

YEAR = Parameter(name="year", type=ParameterType.INTEGER, default=2024, has_default=True)
REGION = Parameter(
    name="region",
    allowed_values=(AllowedValue(label="North", value="north"), AllowedValue(label="South", value="south")),
)
NAME = Parameter(name="name", required=True)
SECRET_PLAN = Parameter(name="plan", default="A", has_default=True, protected=True)
SINCE = Parameter(name="since", type=ParameterType.DATE)


def bound(**values: Any) -> Binding:
    return Binding(values=values, problems={})


def refused(**problems: str) -> Binding:
    return Binding(values={}, problems=problems)


def test_values_are_converted_and_defaults_filled_in() -> None:
    binding = bind([YEAR, REGION, NAME], {"name": "Ada", "region": "south"})

    assert binding == bound(year=2024, region="south", name="Ada")
    assert list(binding.values) == ["year", "region", "name"]


def test_all_problems_are_reported_at_once_by_name() -> None:
    binding = bind([YEAR, REGION, NAME, SECRET_PLAN], {"year": 1.5, "region": "east", "plan": "B", "yaer": 2024})

    assert binding == refused(
        yaer="is not a parameter of this task; did you mean 'year'?",
        year="must be a whole number, found 1.5",
        region="must be one of 'north', 'south', found 'east'",
        name="is required",
        plan="is set by the task and cannot be changed",
    )


def test_an_optional_parameter_without_a_value_is_left_out() -> None:
    assert bind([SINCE, REGION], {}) == bound()


def test_a_protected_parameter_keeps_its_value_even_against_the_same_value() -> None:
    assert bind([SECRET_PLAN], {}) == bound(plan="A")
    assert bind([SECRET_PLAN], {"plan": "A"}) == refused(plan="is set by the task and cannot be changed")


def test_an_empty_form_field_of_a_typed_parameter_is_not_given() -> None:
    assert bind([YEAR, SINCE, REGION], {"year": "", "since": " ", "region": ""}) == bound(year=2024)


def test_null_is_not_given() -> None:
    assert bind([YEAR, SINCE], {"year": None, "since": None}) == bound(year=2024)


def test_a_required_text_left_blank_is_missing() -> None:
    assert bind([NAME], {"name": "  "}) == refused(name="is required")


def test_an_optional_text_may_be_emptied() -> None:
    title = Parameter(name="title", default="Report", has_default=True)

    assert bind([title], {"title": ""}) == bound(title="")


def test_an_empty_text_may_be_an_allowed_value() -> None:
    suffix = Parameter(
        name="suffix", default="x", has_default=True, allowed_values=(AllowedValue(label="—", value=""),)
    )

    assert bind([suffix], {"suffix": ""}) == bound(suffix="")


def test_allowed_values_are_compared_after_conversion() -> None:
    month = Parameter(
        name="month", type=ParameterType.INTEGER, allowed_values=(AllowedValue(label="May", value=5),), required=True
    )

    assert bind([month], {"month": "5"}) == bound(month=5)
    assert bind([month], {"month": "6"}) == refused(month="must be one of 5, found '6'")


def test_a_default_of_null_is_a_value() -> None:
    limit = Parameter(name="limit", default=None, has_default=True)

    assert bind([limit], {}) == bound(limit=None)


def test_many_allowed_values_are_not_all_listed() -> None:
    choices = tuple(AllowedValue(label=str(n), value=n) for n in range(50))
    number = Parameter(name="n", type=ParameterType.INTEGER, allowed_values=choices)

    assert bind([number], {"n": 99}) == refused(n="must be one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …, found 99")


_NAMES = st.sampled_from(["year", "region", "name", "plan", "since", "at", "ratio", "flag", "yaer", ""])
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.sampled_from(["2024", "1.5", "true", "2024-01-31", "2024-01-31T10:00Z", "north", "\ud800", "a\0"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
_PARAMETERS = (
    YEAR,
    REGION,
    NAME,
    SECRET_PLAN,
    SINCE,
    Parameter(name="at", type=ParameterType.DATETIME),
    Parameter(name="ratio", type=ParameterType.FLOAT),
    Parameter(name="flag", type=ParameterType.BOOL),
)


@given(st.dictionaries(_NAMES | st.text(max_size=5), _JSON))
def test_each_value_that_is_given_is_bound_or_refused_but_never_both(values: dict[str, Any]) -> None:
    binding = bind(_PARAMETERS, values)

    assert not binding.values.keys() & binding.problems.keys()
    assert all(message and "\n" not in message for message in binding.problems.values())


@given(st.sampled_from(list(ParameterType)), _JSON)
def test_a_bound_value_is_the_same_literal_in_json_and_in_python(type_: ParameterType, value: Any) -> None:
    values = bind([Parameter(name="x", type=type_)], {"x": value}).values

    assert ast.literal_eval(repr(values)) == values
    assert json.loads(json.dumps(values)) == values
    assert json.loads(json.dumps(values, ensure_ascii=False).encode()) == values
    assert bind([Parameter(name="x", type=type_)], values).values == values, "binding twice changes nothing"


def test_values_that_no_caller_can_give_are_left_out_with_the_reason():
    parameters = [Parameter(name="level"), Parameter(name="country", default="W", has_default=True, protected=True)]

    takeable, left_out = without_untakeable(parameters, {"level": "x", "country": "y", "levle": "z"})

    assert takeable == {"level": "x"}
    assert left_out == {
        "country": "is set by the task and cannot be changed",
        "levle": "is not a parameter of this task; did you mean 'level'?",
    }


def test_a_protected_value_that_is_not_given_is_none_to_be_left_out():
    parameters = [Parameter(name="country", default="W", has_default=True, protected=True)]

    assert without_untakeable(parameters, {"country": None}) == ({"country": None}, {})
