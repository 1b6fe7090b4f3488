"""What is the same in two runs and what is not."""

from taskdeck.model import comparison
from taskdeck.model.cells import Cell
from taskdeck.model.comparison import ExecutedCell, State
from taskdeck.model.environment import Environment


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


def test_versions_come_from_the_facts_in_the_order_of_their_weight():
    a = {"host": "x", "kernel": "python3", "python_version": "3.11.2", "runner_pid": 1}
    b = {"python_version": "3.12.0", "kernel": "python3", "host": "x"}

    assert [(each.name, each.state) for each in comparison.versions(a, b)] == [
        ("python_version", State.CHANGED),
        ("kernel", State.SAME),
        ("host", State.SAME),
    ]


def environment(**packages):
    facts = {"path": "/venv", "python_version": "3.13.1", "implementation": "cpython", "platform": "Linux"}
    return Environment.bounded(list(packages.items()), **facts)


def test_packages_are_compared_by_name_however_it_is_spelled():
    found = comparison.packages(
        environment(numpy="2.4", pandas="3.0.0", Ruamel_YAML="1", old="1"),
        environment(numpy="2.4", pandas="3.0.1", ruamel_yaml="1", new="2"),
    )

    assert {each.name: (each.state, each.a, each.b) for each in found} == {
        "numpy": (State.SAME, "2.4", "2.4"),
        "pandas": (State.CHANGED, "3.0.0", "3.0.1"),
        "ruamel_yaml": (State.SAME, "1", "1"),
        "old": (State.ONLY_A, "1", None),
        "new": (State.ONLY_B, None, "2"),
    }


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
