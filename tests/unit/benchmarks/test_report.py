from benchmarks import report, table
from benchmarks.measurement import Comparison, Measurement, Record, Target

OLD = Measurement(name="papermill", unit="ms", values=(1500.0, 1600.0, 1700.0))
NEW = Measurement(
    name="Taskdeck",
    unit="ms",
    values=(40.0, 40.0, 210.0),
    baseline="papermill",
    targets=(
        Target(statistic="median", limit=60),
        Target(statistic="p99", limit=200),
        Target(statistic="ratio", limit=25),
    ),
)
BROKEN = Measurement(
    name="a | b", unit="ms", error="Unavailable: no network", targets=(Target(statistic="median", limit=1),)
)
START = Comparison(name="start", title="Click to first message", measurements=(OLD, NEW, BROKEN), note="A note.")
MACHINE = {
    "date": "2026-11-21",
    "processor": "A processor",
    "cores": 2,
    "memory_gib": 24,
    "system": "Linux",
    "python": "3.11.7",
    "commit": "abc1234",
    "load_before": 0.05,
    "versions": {"papermill": "2.7.0"},
}


def rendered(*comparisons, quick=False):
    options = {"rounds": 8, "quick": quick, "only": []}
    return report.render(Record(machine=MACHINE, options=options, comparisons=comparisons))


def words(comparison):
    return [line.split() for line in table.text(table.of(comparison)).splitlines()]


def test_a_table_has_medians_ratios_and_what_was_reached():
    reached = "≤ 60.0 ms: reached; p99 ≤ 200 ms: not reached; ≥ 25.0×: reached"

    assert words(START) == [
        ["median", "p99", "n", "compared", "target"],
        ["papermill", "1,600", "ms", "1,700", "ms", "3"],
        f"Taskdeck 40.0 ms 210 ms 3 40.0× papermill {reached}".split(),
        ["a", "|", "b", "failed", "≤", "1.00", "ms:", "not", "measured"],
    ]


def test_columns_line_up():
    lines = table.text(table.of(START)).splitlines()

    assert lines[1].index("1,600 ms") + len("1,600 ms") == lines[2].index("40.0 ms") + len("40.0 ms")


def test_columns_without_content_are_left_out():
    alone = Comparison(
        name="memory", title="Memory", measurements=(Measurement(name="web", unit="MB", values=(72.0,)),)
    )

    assert words(alone) == [["median", "n"], ["web", "72.0", "MB", "1"]]


def test_where_more_is_better_the_worst_value_stands_in_place_of_the_p99():
    rate = Measurement(name="rate", unit="runs/min", values=(90.0, 100.0, 110.0), more_is_better=True)

    throughput = Comparison(name="throughput", title="T", measurements=(rate,))

    assert words(throughput)[1] == ["rate", "100", "runs/min", "90.0", "runs/min", "3"]


def test_stages_are_shown_with_the_time_since_the_one_before():
    stages = (
        Measurement(name="claimed", unit="ms", values=(10.0, 11.0, 12.0)),
        Measurement(name="emitted", unit="ms", values=(30.0, 31.0, 50.0)),
    )

    assert words(Comparison(name="trace-script", title="T", measurements=stages))[1:] == [
        ["claimed", "11.0", "ms", "11.0", "ms", "12.0", "ms", "3"],
        ["emitted", "31.0", "ms", "20.0", "ms", "50.0", "ms", "3"],
    ]


def test_the_page_says_machine_date_versions_and_how_to_repeat_it():
    page = rendered(START)

    assert "Measured on 2026-11-21: A processor, 2 cores, 24 GiB, Linux, Python 3.11.7; papermill 2.7.0." in page
    assert "make bench" in page
    assert "quick look" not in page


def test_the_page_begins_with_all_targets_and_whether_they_are_reached():
    page = rendered(START)

    assert "| Click to first message: Taskdeck | ≤ 60.0 ms | 40.0 ms | reached |" in page
    assert "| Click to first message: Taskdeck | p99 ≤ 200 ms | 210 ms | not reached |" in page
    assert "| Click to first message: Taskdeck, against papermill | ≥ 25.0× | 40.0× | reached |" in page


def test_what_failed_says_so_and_cells_cannot_break_the_table():
    page = rendered(START, Comparison(name="log", title="The log", error="OSError: disk full"))

    assert "a | b failed: Unavailable: no network" in page
    assert "| a \\| b | failed |" in page
    assert "## The log\n\nFailed: OSError: disk full" in page


def test_a_quick_look_says_that_it_proves_nothing():
    assert "numbers of a quick look" in rendered(START, quick=True)


def test_a_page_without_numbers_says_so():
    assert "Nothing has been measured yet." in rendered()
    assert "Measured on" not in rendered()
