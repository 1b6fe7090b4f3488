import json

import pytest
from benchmarks.measurement import Comparison, Measurement, Record, Target, percentile, thinned


def measured(name="it", values=(1.0,), **changes):
    return Measurement(name=name, unit="ms", values=tuple(values), **changes)


def reached(measurement, *others):
    comparison = Comparison(name="c", title="C", measurements=(measurement, *others))
    return [verdict.is_reached for verdict in comparison.verdicts()]


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.001, 1)])
def test_a_percentile_is_one_of_the_values(share, expected):
    assert percentile(list(range(100, 0, -1)), share) == expected


def test_the_p99_of_a_few_values_is_the_largest():
    assert percentile([3, 1, 2], 0.99) == 3


def test_there_is_no_percentile_of_nothing():
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_thinned_values_keep_median_percentiles_and_the_largest():
    values = [float(value) for value in range(90_000)]
    kept = thinned(values[::-1])

    assert len(kept) == 1000
    assert kept[-1] == 89_999
    assert percentile(kept, 0.99) == pytest.approx(percentile(values, 0.99), rel=1e-3)
    assert percentile(kept, 0.5) == pytest.approx(percentile(values, 0.5), rel=1e-2)


def test_few_values_are_kept_as_they_are():
    assert thinned([2.0, 1.0]) == (1.0, 2.0)


def test_a_ratio_says_how_many_times_better_whatever_better_means():
    assert measured(values=[10]).ratio(measured(values=[250])) == 25
    assert measured(values=[50], more_is_better=True).ratio(measured(values=[10], more_is_better=True)) == 5


def test_a_limit_is_reached_from_below_and_where_more_is_better_from_above():
    target = Target(statistic="median", limit=60)

    assert reached(measured(values=[59, 60, 500], targets=(target,))) == [True]
    assert reached(measured(values=[61], targets=(target,))) == [False]
    assert reached(measured(values=[61], targets=(target,), more_is_better=True)) == [True]


def test_each_target_looks_at_its_own_statistic():
    targets = (Target(statistic="median", limit=60), Target(statistic="p99", limit=200))

    assert reached(measured(values=[50, 50, 201], targets=targets)) == [True, False]


def test_a_ratio_is_reached_against_the_baseline():
    target = Target(statistic="ratio", limit=25)

    assert reached(measured(values=[40], baseline="old", targets=(target,)), measured("old", [1000])) == [True]
    assert reached(measured(values=[41], baseline="old", targets=(target,)), measured("old", [1000])) == [False]


def test_without_values_nothing_is_reached():
    target, ratio = Target(statistic="median", limit=60), Target(statistic="ratio", limit=2)

    assert reached(measured(values=[], targets=(target,), error="it broke")) == [False]
    assert reached(measured(values=[1], baseline="old", targets=(ratio,)), measured("old", [])) == [False]


def test_a_record_survives_the_file():
    record = Record(
        machine={"cores": 2},
        options={"rounds": 8},
        comparisons=(
            Comparison(
                name="start",
                title="Start",
                note="A note.",
                measurements=(
                    measured(values=[1.5, 2], baseline="old", targets=(Target(statistic="ratio", limit=25),)),
                    measured("old", [], error="it broke"),
                ),
            ),
            Comparison(name="gone", title="Gone", error="it broke"),
        ),
    )

    assert Record.from_json(json.loads(json.dumps(record.to_json()))) == record
