"""How the parameters of a run are called."""

from __future__ import annotations

from taskdeck.model import labels
from taskdeck.model.parameter import AllowedValue, Parameter, ParameterType

REGION = Parameter(
    name="region",
    title="Region of the report",
    type=ParameterType.INTEGER,
    allowed_values=(AllowedValue(label="North", value=1), AllowedValue(label="2", value=2)),
)
YEAR = Parameter(name="year", title="Year")
PLAIN = Parameter(name="plain")


def test_titles_and_the_labels_of_choices_are_told() -> None:
    assert labels.of([REGION, YEAR, PLAIN], {"region": 1, "year": 2024, "plain": "x"}) == {
        "region": {"title": "Region of the report", "value": "North"},
        "year": {"title": "Year"},
    }


def test_a_label_that_only_repeats_the_value_is_left_out() -> None:
    assert labels.of([REGION], {"region": 2}) == {"region": {"title": "Region of the report"}}


def test_a_parameter_without_a_value_is_left_out() -> None:
    assert labels.of([REGION, YEAR], {"region": 2}).keys() == {"region"}
