"""The project that is measured: small notebooks and scripts, each for one purpose."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat

SAY = "from taskdeck import sdk\nsdk.log('first')\n"
TRIVIAL = "print('first')\n"
PANDAS = (
    "import pandas as pd\nframe = pd.DataFrame({'district': list('abcd') * 1000, 'cases': range(4000)})",
    "totals = frame.groupby('district').cases.sum()",
    "print(totals.to_string())",
)
MESSAGES = 200_000
QUICK_MESSAGES = 20_000
FLOOD = """
import sys, time
from taskdeck import sdk
for number in range({count}):
    sdk.log(f"message {{number}} of a task that has a lot to say")
"""
STEADY_SECONDS = 10
STEADY_RATE = 1000
STEADY = f"""
import time
from taskdeck import sdk
began = time.perf_counter()
for number in range({STEADY_SECONDS * STEADY_RATE}):
    early = began + number / {STEADY_RATE} - time.perf_counter()
    if early > 0:
        time.sleep(early)
    sdk.log(repr(time.time()))
"""
RAIN_SECONDS = 14
RAIN_RATE = 5000
RAIN = f"""
import time
from taskdeck import sdk
began = time.perf_counter()
for number in range({RAIN_SECONDS * RAIN_RATE}):
    if number % 50 == 0 and (early := began + number / {RAIN_RATE} - time.perf_counter()) > 0:
        time.sleep(early)
    sdk.log(f"message {{number}} of a task that has a lot to say")
"""
FRAMES_A_SECOND = 20
FRAME_BYTES = 5000
CHATTER = f"""
import pathlib, sys, time
from taskdeck import sdk
while not pathlib.Path("go").exists():
    time.sleep(0.05)
began = time.perf_counter()
for number in range(int(pathlib.Path("go").read_text())):
    early = began + number / {FRAMES_A_SECOND} - time.perf_counter()
    if early > 0:
        time.sleep(early)
    sdk.log(repr(time.time()) + " " + "x" * {FRAME_BYTES})
"""


def make(root: Path) -> Path:
    """Writes the project and returns its root. Tasks are named like their files, in upper case."""
    folder = root / "data_tasks"
    folder.mkdir(parents=True)
    (root / "config").mkdir()
    scripts = {
        "script": SAY,
        "flood": FLOOD.format(count=MESSAGES),
        "quick_flood": FLOOD.format(count=QUICK_MESSAGES),
        "steady": STEADY,
        "chatter": CHATTER,
        "rain": RAIN,
    }
    notebooks = {"notebook": (SAY,), "trivial": (TRIVIAL,), "trivial_2": (TRIVIAL,), "pandas": PANDAS}
    for name, source in scripts.items():
        (folder / f"{name}.py").write_text(source)
    for name, cells in notebooks.items():
        write_notebook(folder / f"{name}.ipynb", *cells)
    files = [*(f"{name}.py" for name in scripts), *(f"{name}.ipynb" for name in notebooks)]
    entries = [
        {"id": Path(file).stem.upper(), "name": Path(file).stem, "description": "", "pythonFile": file}
        for file in files
    ]
    (root / "config" / "data_tasks.json").write_text(json.dumps({"dataTasks": entries}, indent=2))
    return root


def write_notebook(file: Path, *cells: str) -> Path:
    notebook = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
    )
    nbformat.write(notebook, file)
    return file
