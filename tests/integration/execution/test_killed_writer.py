"""The store under ``kill -9``, at every statement of a transaction and in between."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the writers are forked")
def test_a_writer_that_is_killed_at_any_point_of_a_transaction_leaves_all_of_it_or_nothing(tmp_path):
    program = Path(__file__).with_name("killed_writer.py")
    environment = {**os.environ, "PYTHONPATH": str(program.parents[2])}

    done = subprocess.run(
        [sys.executable, str(program), str(tmp_path), "1"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    at_statements = int(done.stdout.split()[0])
    assert at_statements > 20
