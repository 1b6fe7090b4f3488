"""Whether a notebook is one, and its code Python; and that no file is too much."""

import json

import pytest
from factories import make_notebook
from linted import findings, of_file, parameter, rules

from taskdeck.lint import document
from taskdeck.lint.analysis import Analysis
from taskdeck.lint.document import BrokenNotebook


def broken(content):
    with pytest.raises(BrokenNotebook) as caught:
        document.of_notebook(content.encode(), "task.ipynb")
    return str(caught.value), tuple(caught.value.position)


def test_a_notebook_that_is_no_json_says_where():
    message, place = broken('{"cells": [\n  1,,\n]}')

    assert "not valid JSON" in message
    assert place == (2, 5)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[]", "no nbformat"),
        ('{"nbformat": 5, "cells": []}', "too new"),
        ('{"nbformat": 4}', "no list of cells"),
        ('{"nbformat": 4, "cells": [{"source": ""}]}', "no cell_type"),
        ('{"nbformat": 4, "cells": [{"cell_type": "cod", "source": ""}]}', "type 'cod'"),
        ('{"nbformat": 4, "cells": [{"cell_type": "code", "source": [1]}]}', "not text"),
        ('{"nbformat": 4, "cells": [{"cell_type": "code", "source": "", "outputs": {}}]}', "outputs a list"),
        ("[" * 100_000, "nested too deeply"),
        ("9" * 5000, "not valid JSON"),
    ],
)
def test_what_is_no_notebook_is_told(content, message):
    assert message in broken(content)[0]


def test_an_old_notebook_is_read_like_a_new_one():
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {},
        "worksheets": [{"cells": [{"cell_type": "code", "language": "python", "input": "x = = 1", "outputs": []}]}],
    }

    found = of_file(old)

    assert [remark.rule for remark in found.remarks] == ["syntax"]


def test_a_syntax_error_is_told_with_its_cell_and_its_place_in_the_file():
    notebook = make_notebook("import time", 'text = "a\\n"\nx = = 1')

    [finding] = findings(notebook)

    assert (finding.rule, finding.severity, finding.cell, finding.cell_line) == ("syntax", "error", 2, 2)
    line = json.dumps(notebook, indent=1).split("\n")[finding.line - 1]
    assert line[finding.column - 1 :].startswith("= 1") or line[finding.column - 1 :].startswith("x = = 1")


def test_a_place_behind_escaped_characters_is_the_one_in_the_file():
    notebook = json.loads(json.dumps(make_notebook("")))
    notebook["cells"][0]["source"] = ["x = 1\n", 'y = "\\t\u00e9"; params["month"]']

    [finding] = findings(notebook, parameter("year", default=1))

    raw = json.dumps(notebook, indent=1).split("\n")[finding.line - 1]
    assert raw[finding.column - 1 :].startswith("params[")


@pytest.mark.parametrize(
    "source", ["def f(:\n    pass", "return 1", "x = 1\n\tif", "print 'x'", "await f()", "%time x"]
)
def test_a_script_that_is_not_valid_python_is_an_error(source):
    assert rules(source) == ["syntax"]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("x = 1\ny = 'é'\n".encode("latin-1"), 2),
        ("# é\n".encode("latin-1"), 1),
        (b"# -*- coding: nowhere -*-\n", 1),
        (b"#!/usr/bin/python\n# coding: ascii\nx = 1\n# \xc3\xa9\n", 4),
    ],
)
def test_a_script_that_is_not_of_its_encoding_is_an_error(content, line):
    [remark] = Analysis.of(document.of_script(content, "task.py")).remarks

    assert (remark.rule, remark.line) == ("syntax", line)


def test_a_script_may_name_its_encoding():
    assert Analysis.of(document.of_script("# coding: latin-1\nx = 'é'\n".encode("latin-1"), "task.py")).remarks == []


@pytest.mark.parametrize(
    "source",
    [
        "%matplotlib inline\nimport time",
        "!pip install pandas",
        "files = !ls\nprint(files)",
        "%%bash\nfor x in 1 2; do echo $x; done",
        "%%sql\nSELECT * FROM x WHERE",
        "%%time\nx = 1",
        "\n\n%%time\nx = 1",
        "help?",
        "await f()\nasync for x in y: pass",
        "  x = 1\n  y = 2",
        "%run other.ipynb",
        "if True:\n    %time x = 1",
    ],
)
def test_what_ipython_understands_is_valid_in_a_cell(source):
    assert rules(make_notebook(source)) == []


def test_a_cell_that_ipython_gives_up_is_told():
    assert rules(make_notebook("%time x = [\n" * 600)) == ["not-checked"]


def test_of_countless_mistakes_the_first_hundred_are_told():
    assert len(rules(make_notebook(*["x = = 1"] * 150))) == 100


def test_a_mistake_below_a_magic_is_on_its_line():
    [finding] = findings(make_notebook("\n%%time\nx = 1\ny = = 2"))

    assert (finding.rule, finding.cell_line) == ("syntax", 4)


def test_code_of_another_language_is_not_read_as_python():
    notebook = make_notebook(
        "x <- c(1, 2)", metadata={"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}
    )

    assert rules(notebook) == []


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "(" * 5000 + ")" * 5000,
        "x = " + "-" * 100_000 + "1",
        "x = " + "+".join(["1"] * 100_000),
        "x" + ".y" * 50_000,
        "if x:\n    pass\n" + "elif x:\n    pass\n" * 20_000,
        "x = 1\n" * 400_000,
    ],
)
def test_code_that_is_too_deep_or_too_long_is_told_and_does_no_harm(source):
    assert set(rules(source)) <= {"not-checked", "syntax"}
    assert rules(source)


def test_a_long_chain_of_words_is_still_checked():
    assert rules("x = " + " + ".join(["'word'"] * 300)) == []


@pytest.mark.parametrize(
    "source",
    ["x = = 1  # taskdeck: ignore[syntax]", "# taskdeck: ignore-file[secret, syntax]\n\nx = = 1"],
)
def test_a_comment_suppresses_a_finding(source):
    assert rules(source) == []


@pytest.mark.parametrize(
    "source",
    ["x = = 1  # taskdeck: ignore[secret]", "# taskdeck: ignore[syntax]\nx = = 1", "x = = 1  # taskdeck: ignore"],
)
def test_a_comment_for_another_rule_or_line_does_not(source):
    assert rules(source) == ["syntax"]
