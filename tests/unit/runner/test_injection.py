from __future__ import annotations

import ast
import math
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskdeck.runner import injection
from taskdeck.runner.injection import CannotInject

VALUES = {"year": 2024, "name": 'O\'Brien "x"\n', "all": True, "nothing": None, "share": 0.5}


def code(source: str, *tags: str) -> Any:
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)} if tags else {})


def notebook(*cells: Any, **metadata: Any) -> Any:
    return nbformat.v4.new_notebook(cells=list(cells), metadata=metadata)


def sources(injected: Any) -> list[str]:
    return [cell.source for cell in injected.cells]


def run(injected: Any) -> dict[str, Any]:
    namespace: dict[str, Any] = {}
    for cell in injected.cells:
        if cell.cell_type == "code":
            exec(cell.source, namespace)  # noqa: S102 - what a kernel does with it
    return namespace


@pytest.mark.parametrize(
    "source", ["params = {}", "  \nparams={ }\n\n", "# the parameters\nparams = {}  # replaced", "params = {\n}"]
)
def test_a_cell_that_is_just_empty_params_is_replaced(source: str) -> None:
    heading = nbformat.v4.new_markdown_cell("# Title")
    injected = injection.inject(notebook(heading, code(source), code("seen = params")), VALUES)
    assert len(injected.cells) == 3
    assert run(injected)["seen"] == VALUES


def test_the_replaced_cell_keeps_its_id_and_gets_papermills_tag() -> None:
    cell = code("params = {}")
    injected = injection.inject(notebook(cell), VALUES)
    assert injected.cells[0].id == cell.id
    assert injected.cells[0].metadata["tags"] == ["injected-parameters"]


def test_params_below_the_imports_are_replaced_too_as_a_cell_before_would_lose_the_values() -> None:
    injected = injection.inject(notebook(code("import os"), code("params = {}")), VALUES)
    assert sources(injected)[0] == "import os"
    assert run(injected)["params"] == VALUES


@pytest.mark.parametrize("source", ["params = {'a': 1}", "params = {}\nprint(params)", "params = other = {}", "%magic"])
def test_a_cell_that_does_more_is_not_replaced(source: str) -> None:
    injected = injection.inject(notebook(code(source)), {"year": 1})
    assert sources(injected)[1] == source


def test_without_such_a_cell_one_is_inserted_at_the_top() -> None:
    injected = injection.inject(notebook(nbformat.v4.new_markdown_cell("# Title"), code("seen = params")), VALUES)
    assert injected.cells[0].cell_type == "code"
    assert run(injected)["seen"] == VALUES


def test_no_cell_is_inserted_where_there_are_no_values_and_nobody_asks_for_them() -> None:
    assert sources(injection.inject(notebook(code("1 + 1")), {})) == ["1 + 1"]


def test_a_notebook_that_asks_for_params_gets_an_empty_one() -> None:
    assert run(injection.inject(notebook(code("seen = params")), {}))["seen"] == {}


def test_papermills_tagged_cell_is_followed_by_the_values() -> None:
    tagged = notebook(code("import os"), code("year = 1999\nother = 5", "parameters"), code("seen = (year, other)"))
    injected = injection.inject(tagged, {"year": 2024})
    assert len(injected.cells) == 4
    assert injected.cells[2].metadata["tags"] == ["injected-parameters"]
    assert run(injected)["seen"] == (2024, 5)


def test_papermills_rule_works_without_kernelspec_and_language() -> None:
    tagged = notebook(code("name = 1", "parameters"))
    assert run(injection.inject(tagged, {"name": VALUES["name"]}))["name"] == VALUES["name"]


def test_empty_params_come_before_papermills_tag() -> None:
    both = notebook(code("params = {}"), code("year = 1", "parameters"))
    assert run(injection.inject(both, {"year": 2024}))["params"] == {"year": 2024}


def test_the_notebook_of_an_earlier_run_gets_the_new_values() -> None:
    first = injection.inject(notebook(code("params = {}"), code("seen = params")), {"year": 1})
    again = injection.inject(first, {"year": 2})
    assert len(again.cells) == 2
    assert run(again)["seen"] == {"year": 2}


@pytest.mark.parametrize("name", ["from", "2x", "with space"])
def test_papermills_rule_refuses_names_that_no_variable_can_have(name: str) -> None:
    with pytest.raises(CannotInject, match="rename it"):
        injection.inject(notebook(code("x = 1", "parameters")), {name: 1})


def test_a_notebook_of_another_language_gets_papermills_translation() -> None:
    other = notebook(code("1"), kernelspec={"name": "ir", "language": "R", "display_name": "R"})
    assert sources(injection.inject(other, {"all": True}))[0] == "# Parameters\nall = TRUE\n"


def test_a_language_that_papermill_does_not_know_is_refused_with_a_reason() -> None:
    other = notebook(code("1"), kernelspec={"name": "brainfuck", "language": "brainfuck", "display_name": "bf"})
    with pytest.raises(CannotInject, match="brainfuck"):
        injection.inject(other, {"all": True})


def test_committed_outputs_and_counts_are_cleared_and_the_original_is_untouched() -> None:
    cell = code("1 + 1")
    cell.outputs = [nbformat.v4.new_output("stream", text="old")]
    cell.execution_count = 7
    original = notebook(cell)
    injected = injection.inject(original, {})
    assert injected.cells[0].outputs == []
    assert injected.cells[0].execution_count is None
    assert original.cells[0].execution_count == 7


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), JSON, min_size=1, max_size=3))
def test_every_json_value_arrives_as_the_same_python_value(values: dict[str, Any]) -> None:
    injected = injection.inject(notebook(code("params = {}")), values)
    namespace: dict[str, Any] = {}
    exec(injected.cells[0].source, namespace)  # noqa: S102 - what a kernel does with it
    assert namespace["params"] == values


def test_not_a_number_is_written_as_an_expression() -> None:
    injected = injection.inject(notebook(code("params = {}")), {"x": math.nan, "y": [-math.inf]})
    params = run(injected)["params"]
    assert math.isnan(params["x"])
    assert params["y"] == [-math.inf]


def test_a_value_cannot_smuggle_in_code() -> None:
    injected = injection.inject(notebook(code("params = {}")), {"x": '"}); import os; os._exit(1) #'})
    assert len(ast.parse(injected.cells[0].source).body) == 1
