"""What the lines of a log are: examples that the dashboard's own counting is held to as well."""

import json
import re
from pathlib import Path

import pytest

from taskdeck.execution.log_lines import Log

GOLDEN = Path(__file__).parents[2] / "golden" / "log_lines.json"
REPEATED = re.compile(r"\{\{(.)\*(\d+)\}\}")


def read_cases():
    """Texts of thousands of characters are written as ``{{x*20000}}``."""
    return json.loads(REPEATED.sub(lambda found: found[1] * int(found[2]), GOLDEN.read_text(encoding="utf-8")))


def as_golden(line):
    return {"at": line.at, "source": line.source, "level": line.level, "text": line.text}


@pytest.mark.parametrize("case", read_cases(), ids=lambda case: case["name"])
def test_lines_of_a_log(case):
    log = Log()
    lines = [as_golden(line) for event in case["events"] for line in log.take(event)]
    assert lines == case["lines"]
    assert [as_golden(line) for line in log.rest()] == case["open"]


@pytest.mark.parametrize("case", read_cases(), ids=lambda case: case["name"])
def test_lines_are_as_many_when_they_are_only_counted(case):
    log = Log()
    assert sum(log.count(event)[0] for event in case["events"]) == len(case["lines"])
