"""What is the same in two runs and what is not."""

from taskdeck.model import comparison
from taskdeck.model.cells import Cell
from taskdeck.model.comparison import ExecutedCell, State


def executed(*described):
    """Each ``id:source:outputs``."""
    found = []
    for index, text in enumerate(described):
        id_, source, outputs = text.split(":")
        same = Cell.of(index=index, id=id_, source=source)
        found.append(
            ExecutedCell(
                **vars(same),
                cell_type="code",
                source=source,
                status="completed",
                seconds=1.0,
                output_count=int(bool(outputs)),
                outputs=outputs,
            )
        )
    return found


def shown(cells):
    return [(each.a and each.a.index, each.b and each.b.index, each.state, each.outputs_equal) for each in cells]


def test_values_are_the_same_changed_or_of_one_run_only():
    found = comparison.values({"year": 1, "site": "N", "old": None}, {"year": True, "site": "N", "new": 2})

    assert [(each.name, each.state) for each in found] == [
        ("year", State.CHANGED),
        ("site", State.SAME),
        ("old", State.ONLY_A),
        ("new", State.ONLY_B),
    ]


def test_versions_come_from_the_facts_and_packages_after_them():
    a = {"host": "x", "kernel": "python3", "python_version": "3.11.2", "runner_pid": 1, "packages": {"pandas": "3.0.0"}}
    b = {"python_version": "3.12.0", "kernel": "python3", "host": "x"}

    found = comparison.versions(a, b)

    assert [(each.name, each.state) for each in found] == [
        ("python_version", State.CHANGED),
        ("kernel", State.SAME),
        ("host", State.SAME),
        ("packages.pandas", State.ONLY_A),
    ]


def test_cells_are_in_the_order_of_the_second_run_with_those_of_the_first_in_their_places():
    a = executed("a:1:x", "gone:2:x", "b:3:x", "last:5:x")
    b = executed("a:1:x", "new:9:", "b:3 + 3:y")

    assert shown(comparison.cells(a, b)) == [
        (0, 0, State.SAME, True),
        (None, 1, State.ONLY_B, None),
        (1, None, State.ONLY_A, None),
        (2, 2, State.CHANGED, False),
        (3, None, State.ONLY_A, None),
    ]


def test_cells_that_were_moved_are_still_found():
    assert shown(comparison.cells(executed("a:1:x", "b:2:x"), executed("b:2:x", "a:1:y"))) == [
        (1, 0, State.SAME, True),
        (0, 1, State.SAME, False),
    ]
