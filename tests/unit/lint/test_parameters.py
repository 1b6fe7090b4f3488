"""Parameters that code reads against those that are declared."""

import pytest
from factories import make_notebook
from linted import findings, parameter, rules, unused

SDK = "from taskdeck import sdk\n"
YEAR = parameter("year", default=2024)


@pytest.mark.parametrize(
    "source",
    [
        SDK + 'params = sdk.params()\nprint(params["month"])\n',
        'from taskdeck.sdk import params\np = params()\nprint(p["month"])\n',
        'import taskdeck.sdk as t\nprint(t.params()["month"])\n',
        'import sys\nfrom src.dte.dte_tools import find_json_arg\nx = find_json_arg(sys.argv)\nprint(x["month"])\n',
        'import json, sys\nparams = json.loads(sys.argv[1])\nprint(params["month"])\n',
        SDK + 'MONTH = "month"\nparams = sdk.params()\ndef main():\n    print(params[MONTH])\n',
        SDK + 'def main():\n    params = sdk.params()\n    print(params["month"])\n',
        make_notebook("params = {}", 'print(params["month"])'),
        make_notebook('print(params["month"])'),
        make_notebook("params = {}", 'values = params\nprint(values["month"])'),
        make_notebook("params = {}", 'values = {"day": 1, **params}\nprint(values["month"])'),
        make_notebook("# parameters\nmonth: int"),
    ],
)
def test_a_parameter_that_is_read_but_not_declared_is_an_error_because_the_run_would_fail(source):
    [finding] = findings(source, YEAR)

    assert (finding.rule, finding.severity) == ("undeclared-parameter", "error")
    assert "'month'" in finding.message


@pytest.mark.parametrize(
    "source",
    [
        SDK + 'params = sdk.params()\nprint(params.get("month", 5))\n',
        SDK + 'print(sdk.params({"month": 5})["year"])\n',
        SDK + 'params = sdk.params()\nif "month" in params:\n    print(params["month"])\n',
        SDK + 'params = sdk.params()\ntry:\n    params["month"]\nexcept KeyError:\n    pass\n',
        make_notebook("# parameters\nmonth = 5"),
        make_notebook("# parameters\nyear, month = 2024, 5"),
        make_notebook("params = {}", 'params.setdefault("month", 5)\nprint(params["month"])'),
        SDK + 'params = sdk.params({"month": 5})\nprint(params["month"])\n',
    ],
)
def test_one_that_the_code_can_do_without_is_a_warning(source):
    [finding] = findings(source, YEAR)

    assert (finding.rule, finding.severity) == ("undeclared-parameter", "warning")


@pytest.mark.parametrize(
    "source",
    [
        SDK + 'print(sdk.params()["year"])\n',
        'params = {"page": 1}\nprint(params["page"])\n',
        SDK + 'params = sdk.params()\ndef fetch(params):\n    return params["page"]\n',
        SDK + 'params = sdk.params()\ndef fetch():\n    params = {"page": 1}\n    return params["page"]\n',
        SDK + 'params = sdk.params()\nparams["page"] = 1\nprint(params["page"])\n',
        SDK + 'params = sdk.params()\nparams.update(load())\nprint(params["page"])\n',
        make_notebook("params = {}", 'params["page"] = 1\nprint(params["page"])'),
        make_notebook("params = {}", 'params = {"page": 1} | params\nprint(params["page"])'),
        make_notebook("params = {}", 'params |= {"page": 1}\nprint(params["page"])'),
        make_notebook("params = {}", 'start = {"page": 1}\nparams = {**start, **params}\nprint(params["page"])'),
        make_notebook('for params in grid():\n    print(params["page"])'),
        make_notebook('print([params["page"] for params in grid()])'),
        make_notebook('params = model.get_params()\nprint(params["page"])'),
        make_notebook('from settings import params\nprint(params["page"])'),
        make_notebook('def params():\n    pass\nprint(params["page"])'),
        make_notebook("# parameters\n_page = 1\nyear = 2024"),
        make_notebook("# parameters\npages = [1, 2]\nyear = 2024"),
    ],
)
def test_what_is_declared_or_the_files_own_is_no_finding(source):
    assert rules(source, YEAR) == []


def test_a_misspelt_parameter_is_told_with_the_one_that_was_meant():
    [finding] = findings(SDK + 'print(sdk.params()["yaer"])\n', YEAR)

    assert "did you mean 'year'?" in finding.message
    assert (finding.line, finding.column) == (2, 7)


def test_a_declared_parameter_that_nothing_reads_is_unused():
    assert unused(SDK + 'print(sdk.params()["month"])\n', YEAR, parameter("month", default=1)) == ["year"]


@pytest.mark.parametrize(
    "source",
    [
        SDK + 'print(sdk.params()["year"])\n',
        SDK + 'print(sdk.params({"year": 2020}))\n',
        SDK + "main(sdk.params())\n",
        SDK + "params = sdk.params()\nprint(params)\n",
        SDK + "params = sdk.params()\nfor name in params:\n    print(params[name])\n",
        'import os\nprint(os.environ["YEAR"])\n',
        'import os\nprint(os.getenv("YEAR_SHELL_ESCAPED"))\n',
        "import subprocess\nsubprocess.run(['Rscript', 'x.R'])\n",
        "import sys\nprint(sys.argv[1])\n",
        "this is no Python",
        "# taskdeck: ignore-file[unused-parameter]\nprint(1)\n",
        make_notebook("# parameters\nyear = 2024"),
        make_notebook("print(year)"),
        make_notebook("%%bash\necho $YEAR"),
        make_notebook("!echo {year}"),
    ],
)
def test_a_parameter_that_may_be_read_somehow_is_not_unused(source):
    assert unused(source, YEAR) == []


def test_a_module_beside_the_task_may_read_a_parameter():
    helper = 'def year(values):\n    return values["year"]\n'

    assert unused("import helper\n", YEAR, helpers={"helper": helper}) == []
    assert unused("import helper\n", YEAR, helpers={"helper": "pass\n"}) == ["year"]


def test_duft_s_initialisation_reads_the_parameter_interactive():
    source = "import sys\ninitialise_data_task('X', params=find_json_arg(sys.argv))\n"

    assert unused(source, parameter("interactive", default=True)) == []


def test_parameters_that_reserve_resources_are_read_by_the_server():
    assert unused("print(1)\n", parameter("REQUIRED_MEMORY", default=100)) == []


@pytest.mark.parametrize(
    ("declared", "source"),
    [
        (parameter("year", "string", default="2024"), "# parameters\nyear: int = 2024"),
        (parameter("year", "string", default="2024"), "# parameters\nyear = 2024"),
        (parameter("year", "float", default=2024.5), "# parameters\nyear: 'int | None' = None"),
        (parameter("year", "bool", default=True), "# parameters\nyear: Optional[float] = 0.5"),
        (parameter("year", "integer"), "# parameters\nyear: str = '2024'"),
        (parameter("year"), "# parameters\nyear: int = 2024"),
    ],
)
def test_a_type_other_than_declared_is_found(declared, source):
    assert rules(make_notebook(source), declared) == ["type-mismatch"]


def test_defaults_in_code_tell_a_type_too():
    declared = parameter("year", "bool", default=True)

    assert rules(SDK + 'sdk.params({"year": 5})\n', declared) == ["type-mismatch"]
    assert rules(SDK + 'sdk.params().get("year", "5")\n', declared) == ["type-mismatch"]
    assert rules(SDK + 'sdk.params({"year": False})\nsdk.params().get("year")\n', declared) == []


@pytest.mark.parametrize(
    ("declared", "source"),
    [
        (parameter("year", "integer", default=2024), "# parameters\nyear: int = 2024"),
        (parameter("year", "integer", default=2024), "# parameters\nyear: float = 2024"),
        (parameter("day", "date", default="2024-01-31"), "# parameters\nday: str = '2024-01-31'"),
        (parameter("year", "integer"), "# parameters\nyear: int | None = None"),
        (parameter("year", "integer", default=2024), "# parameters\nyear: Year = make()"),
    ],
)
def test_a_type_that_fits_is_none(declared, source):
    assert rules(make_notebook(source), declared) == []


def test_a_default_other_than_declared_is_found_in_the_tagged_cell_only():
    assert rules(make_notebook("# parameters\nyear = 2000"), YEAR) == ["default-mismatch"]
    assert rules(SDK + 'sdk.params({"year": 2000})\n', YEAR) == []


def test_other_choices_than_declared_are_found_and_told():
    source = '# parameters\nlevel: Literal["district", "village"] = "district"'
    declared = parameter("level", default="district", choices=["district", "country"])

    [finding] = findings(make_notebook(source), declared)

    assert finding.rule == "choices-mismatch"
    assert "only here: 'village'; only there: 'country'" in finding.message


@pytest.mark.parametrize(
    ("source", "declared"),
    [
        ('x: Literal["b", "a"] = "a"', parameter("x", default="a", choices=["a", "b"])),
        ("x: Literal[True, False] = True", parameter("x", "bool", default=True)),
        ("x: Literal[1, 2] = 1", parameter("x", "float", default=1.0, choices=[1.0, 2.0])),
    ],
)
def test_the_same_choices_written_otherwise_are_none(source, declared):
    assert rules(make_notebook(f"# parameters\n{source}"), declared) == []


def test_choices_of_another_type_are_found():
    source = '# parameters\nx: Literal["1", "2"] = "1"'

    assert rules(make_notebook(source), parameter("x", default=1, choices=[1, 2])) == ["type-mismatch"]
