"""Values of a run that the file would forget."""

import pytest
from factories import make_notebook
from linted import parameter, rules

YEAR = parameter("year", default=2024)
SDK = "from taskdeck import sdk\n"


@pytest.mark.parametrize(
    "notebook",
    [
        make_notebook("import time\nparams = {}", 'params.get("year", 1)'),
        make_notebook("params: dict = {}", 'params.get("year", 1)'),
        make_notebook("params = dict()", 'params.get("year", 1)'),
        make_notebook('params = {"year": 2000}', 'params.get("year", 1)'),
        make_notebook("params = {}", 'params.get("year", 1)', "params = {}"),
        make_notebook('params.get("year", 1)', "params = {}"),
        make_notebook("params = {}", "# parameters\nyear = 2024"),
        make_notebook("# parameters\nyear = 2024", "year = 2023\nprint(year)"),
        make_notebook("# parameters\nyear = 2024", 'print(params["year"])'),
        make_notebook("params, other = {}, 1", 'params.get("year", 1)'),
        make_notebook("params = defaults = {}", 'params.get("year", 1)'),
        make_notebook("params = {}", 'params.clear()\nparams.get("year", 1)'),
        make_notebook("%load_ext autoreload\nparams = {}", 'params.get("year", 1)'),
        make_notebook('# parameters\nparams = {"year": 2024}', 'print(params["year"])'),
    ],
)
def test_a_notebook_that_forgets_the_values_is_an_error(notebook):
    assert set(rules(notebook, YEAR)) == {"params-lost"}


@pytest.mark.parametrize(
    "notebook",
    [
        make_notebook("# The server fills these in\nparams = {}", 'params.get("year", 1)'),
        make_notebook('params.get("year", 1)'),
        make_notebook("params = {}", 'params = {"year": 1, **params}\nparams.get("year", 1)'),
        make_notebook('params = {"year": 1}', SDK + "params = sdk.params(params)"),
        make_notebook("if False:\n    params = {}", 'params.get("year", 1)'),
        make_notebook("# parameters\nyear = 2024", "print(year)\nyear = 2023"),
        make_notebook("# parameters\nyear = 2024", "year = int(year)"),
        make_notebook("# parameters\nyear = 2024", 'params = {"page": 1}\nprint(params)'),
        make_notebook("# parameters\nyear = 2024", "from settings import params\nprint(params, year)"),
        make_notebook("# parameters\nyear = 2024", "from settings import *\nprint(params, year)"),
        make_notebook("# parameters\nyear = 2024", "%run settings.ipynb", "print(params, year)"),
        make_notebook("# parameters\nyear = 2024", "def params():\n    pass\nprint(params(), year)"),
        make_notebook("# parameters\nyear = 2024", "for params in grid():\n    print(params, year)"),
    ],
)
def test_one_that_keeps_them_is_none(notebook):
    assert rules(notebook, YEAR) == []


def test_a_task_without_parameters_has_nothing_to_lose():
    assert rules(make_notebook("import time\nparams = {}")) == []


def test_a_script_that_forgets_what_it_asked_for_is_an_error():
    source = SDK + "params = sdk.params()\nparams = {}\n"

    assert rules(source, YEAR) == ["params-lost"]
    assert rules(SDK + "params = {}\nparams = sdk.params(params)\n", YEAR) == []
