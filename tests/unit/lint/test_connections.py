"""Connections that code uses against those of the task and of the project."""

import pytest
from factories import make_notebook
from linted import findings, rules

SDK = "from taskdeck import sdk\n"
DUFT = "from services.dte_tools.data_task_tools import get_resolved_parameters_for_connection\n"


@pytest.mark.parametrize(
    "source",
    [
        SDK + 'sdk.connection("SOURCE").engine()\n',
        SDK + 'NAME = "SOURCE"\nsdk.connection(NAME)\n',
        'from taskdeck.sdk import connection as open_\nopen_("SOURCE")\n',
        DUFT + 'get_resolved_parameters_for_connection("SOURCE")\n',
        make_notebook(SDK, 'sdk.connection("SOURCE")'),
    ],
)
def test_a_connection_that_the_task_does_not_declare_is_a_warning(source):
    assert rules(source, connections=["ANA"], known=["SOURCE"]) == ["undeclared-connection"]


def test_a_declared_connection_is_none():
    assert rules(SDK + 'sdk.connection("ANA")\nother.connection("SOURCE")\n', connections=["ANA"]) == []


def test_one_that_the_project_does_not_have_is_an_error_where_the_call_fails():
    [of_sdk] = findings(SDK + 'sdk.connection("EMPS")\n', known=["EPMS"])
    [of_duft] = findings(DUFT + 'get_resolved_parameters_for_connection("EMPS")\n', known=["EPMS"])

    assert (of_sdk.rule, of_sdk.severity) == ("unknown-connection", "error")
    assert (of_duft.rule, of_duft.severity) == ("unknown-connection", "warning")
    assert "did you mean 'EPMS'?" in of_sdk.message


def test_a_connection_that_a_module_beside_the_task_uses_is_told_at_its_import():
    helper = {"helper": SDK + 'def read():\n    return sdk.connection("SOURCE")\n'}
    source = "import time\nimport helper\n"

    [finding] = findings(source, known=["SOURCE"], helpers=helper)

    assert (finding.rule, finding.line) == ("undeclared-connection", 2)
    assert "the module helper reads it" in finding.message
    assert rules(source, connections=["SOURCE"], helpers=helper) == []
