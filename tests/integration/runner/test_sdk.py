"""The author's library and the runner understand each other."""

from __future__ import annotations

from typing import Any

CODE = """
import subprocess, sys, threading
from taskdeck import sdk
params = sdk.params({"year": 1999})
sdk.log(f"year {params['year']}")
sdk.error("oh")
for _ in sdk.progress(range(2), text="rows"):
    pass
thread = threading.Thread(target=sdk.log, args=["from a thread"]); thread.start(); thread.join()
subprocess.run([sys.executable, "-c", "from taskdeck import sdk; sdk.log('from a child')"], check=True)
sdk.output("answer", {"a": [1, float("nan")]})
import pandas
sdk.output("table", pandas.DataFrame({"x": [1, 2]}))
assert sdk.connection("ANA")["password"] == "hunter22"
sdk.log(f"run {sdk.run_id} with {sdk.connection('ANA')['password']}")
"""

JOB: dict[str, Any] = {
    "parameters": {"year": 2024},
    "connections": {"ANA": {"type": "sqlite3", "password": "hunter22"}},
    "declared_connections": ("ANA",),
    "secrets": ("hunter22",),
}


def heard(running: Any) -> None:
    events = running.finish()
    assert events[-1]["status"] == "succeeded", events
    said = [(each["level"], each["text"]) for each in events if each["type"] == "message"]
    assert said == [
        ("info", "year 2024"),
        ("error", "oh"),
        ("info", "from a thread"),
        ("info", "from a child"),
        ("info", "run 1 with ••••••"),
    ]
    assert [each["current"] for each in events if each["type"] == "progress"][-1] == 2
    answer, table = (each for each in events if each["type"] == "output")
    assert (answer["name"], answer["kind"], answer["value"]["a"][0]) == ("answer", "value", 1)
    assert (table["kind"], table["rows"], table["columns"]) == ("table", 2, ["x"])
    assert table["size"] == (running.directory / "outputs" / table["file"]).stat().st_size > 0


def test_in_a_script(runners: Any) -> None:
    heard(runners.script(CODE, **JOB))


def test_in_a_notebook(runners: Any) -> None:
    heard(runners.notebook(CODE, **JOB))
