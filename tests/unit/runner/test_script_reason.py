from __future__ import annotations

import pytest

from taskdeck.model.run import Outcome, RunStatus
from taskdeck.runner import script

TRACEBACK = """Traceback (most recent call last):
  File "/p/task.py", line 3, in <module>
    f()
  File "/p/task.py", line 2, in f
    raise ValueError("year must be 4 digits")
ValueError: year must be 4 digits
"""


def failed(reason: str) -> Outcome:
    return Outcome(status=RunStatus.FAILED, reason=reason)


@pytest.mark.parametrize(
    ("code", "stderr", "expected"),
    [
        (0, TRACEBACK, Outcome(status=RunStatus.SUCCEEDED)),
        (3, "", failed("exit code 3")),
        (1, "no traceback", failed("exit code 1")),
        (1, TRACEBACK, failed("ValueError: year must be 4 digits")),
        # A traceback that was only logged does not explain another exit code.
        (3, TRACEBACK, failed("exit code 3")),
        (-9, "", failed("killed by signal SIGKILL")),
        (-11, TRACEBACK, failed("killed by signal SIGSEGV")),
    ],
)
def test_the_outcome_follows_the_exit_code_and_the_reason_the_traceback(
    code: int, stderr: str, expected: Outcome
) -> None:
    assert script.outcome(code, stderr) == expected


@pytest.mark.parametrize(
    ("stderr", "line"),
    [
        ("noise: before\n" + TRACEBACK + "noise after\n", "ValueError: year must be 4 digits"),
        (
            TRACEBACK
            + "\nDuring handling of the above exception, another exception occurred:\n\n"
            + TRACEBACK.replace("ValueError", "a.b.KeyError"),
            "a.b.KeyError: year must be 4 digits",
        ),
        ('Traceback (most recent call last):\n  File "x", line 1, in <module>\nAssertionError\n', "AssertionError"),
        (
            'Traceback (most recent call last):\n  File "x", line 1, in <module>\nmain.f.<locals>.Oops: x\n',
            "main.f.<locals>.Oops: x",
        ),
        (
            "  File \"x.py\", line 1\n    foo(\n       ^\nSyntaxError: '(' was never closed\n",
            "SyntaxError: '(' was never closed",
        ),
        (
            (
                "  + Exception Group Traceback (most recent call last):\n"
                '  |   File "x", line 1, in <module>\n  |     raise group\n'
                "  | ExceptionGroup: two (2 sub-exceptions)\n"
            ),
            "ExceptionGroup: two (2 sub-exceptions)",
        ),
        ("nothing of that kind\n", None),
    ],
)
def test_the_line_that_ends_the_last_traceback_is_found(stderr: str, line: str | None) -> None:
    assert script.exception_line(stderr) == line


def test_a_very_long_message_is_cut() -> None:
    assert len(script.exception_line(TRACEBACK.replace("year", "y" * 10_000)) or "") == script.REASON_CHARACTERS
