"""What a file tells of its declaration."""

import nbformat
import pytest
from factories import make_notebook
from linted import of_file

from taskdeck.lint import declaration

SDK = "from taskdeck import sdk\n"


def declared(source, helpers=(), name="monthly report.ipynb"):
    return declaration.of_file(name, of_file(source), [of_file(each) for each in helpers])


def parameters(source):
    return declared(source).entry["supportedParameters"]


def test_a_notebook_tells_its_name_description_parameters_and_connections():
    notebook = make_notebook("# parameters\nyear: int = 2024", SDK + 'sdk.connection("ANA")\nimport helper')
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell("## **Monthly** report\n\nCounts.\n\nDraws."))

    found = declared(notebook, helpers=[SDK + 'sdk.connection("SOURCE")\n'])

    assert found.notes == ()
    assert found.entry == {
        "id": "MONTHLY_REPORT",
        "name": "Monthly report",
        "description": "Counts.\n\nDraws.",
        "pythonFile": "monthly report.ipynb",
        "dataConnections": ["ANA", "SOURCE"],
        "supportedParameters": {
            "year": {"title": "Year", "type": "integer", "defaultValue": 2024, "allowOverride": True}
        },
    }


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("x = 1.5", {"type": "float", "defaultValue": 1.5}),
        ("x: float = 2", {"type": "float", "defaultValue": 2.0}),
        ("x = True", {"type": "bool", "defaultValue": True}),
        ("x = 'a\\nb'", {"type": "multi_line_string", "defaultValue": "a\nb"}),
        ("x: date = '2024-01-31'", {"type": "date", "defaultValue": "2024-01-31"}),
        ("x: 'str | None' = None", {"type": "string"}),
        ("x: Optional[int] = None", {"type": "integer"}),
        ("x: Literal['a', 'b'] = 'b'", {"type": "string", "defaultValue": "b", "allowedValues": ["a", "b"]}),
        ("x: Literal[1, 2]  = 1", {"type": "integer", "defaultValue": 1, "allowedValues": [1, 2]}),
        ("x = load()", {}),
    ],
)
def test_a_variable_of_the_tagged_cell_becomes_a_parameter(written, told):
    assert parameters(make_notebook(f"# parameters\n{written}")) == {"x": {"title": "X", **told, "allowOverride": True}}


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('sdk.params({"x": 5})', {"type": "integer", "defaultValue": 5}),
        ('p = sdk.params()\np.get("x", 5)', {"type": "integer", "defaultValue": 5}),
        ('p = sdk.params()\np.get("x")', {}),
        ('p = sdk.params()\np["x"]', {"required": True}),
        ('p = sdk.params()\np["x"]\np.get("x", "a")', {"type": "string", "defaultValue": "a"}),
        ('p = sdk.params({"x": 5})\np["x"]', {"type": "integer", "defaultValue": 5}),
    ],
)
def test_what_a_script_reads_becomes_a_parameter(written, told):
    assert parameters(SDK + written) == {"x": {"title": "X", **told, "allowOverride": True}}


def test_parameters_are_in_the_order_of_the_file():
    source = SDK + 'p = sdk.params()\nprint(f"{p[\'b\']} {p[\'a\']}")\np["c"]\np["a"]\n'

    assert list(parameters(source)) == ["b", "a", "c"]


def test_what_cannot_be_declared_is_told():
    found = declared(SDK + 'sdk.params({"x": [1], "PATH": 1, "größe": 2})\n')

    assert found.entry["supportedParameters"] == {"x": {"title": "X", "allowOverride": True}}
    assert len(found.notes) == 3


def test_a_list_is_left_out_and_a_value_that_is_computed_is_told_to_be_of_unknown_type():
    found = declared(make_notebook("# parameters\nx = load()\ny = [1]\nz: int\na, b = 1, 'c'"))

    told = found.entry["supportedParameters"]
    assert list(told) == ["x", "z", "a", "b"]
    assert told["z"] == {"title": "Z", "type": "integer", "required": True, "allowOverride": True}
    assert ["'x'" in found.notes[0], "'y'" in found.notes[1]] == [True, True]


def test_a_secret_is_not_carried_into_the_declaration():
    found = declared(SDK + 'sdk.params({"password": "Tr0ub4dor&3"})\n')

    assert found.entry["supportedParameters"] == {"password": {"title": "Password", "allowOverride": True}}
    assert "secret" in found.notes[0]
    assert "Tr0ub" not in repr(found)


def test_a_cell_that_cannot_be_read_is_told():
    found = declared(make_notebook("x = = 1", 'params.get("year", 1)'))

    assert list(found.entry["supportedParameters"]) == ["year"]
    assert found.notes[0].startswith("Cell 1 cannot be read")


def test_a_script_is_named_by_its_file_and_described_by_its_docstring():
    entry = declared('"""Loads.\n\nAll of it."""\n', name="load_all-data.py").entry

    assert (entry["id"], entry["name"]) == ("LOAD_ALL_DATA", "Load all data")
    assert entry["description"] == "Loads.\n\nAll of it."
    assert "supportedParameters" not in entry
