"""A notebook as a page of HTML, made by nbconvert in a process of its own.

Conversion keeps a processor busy for seconds and imports half of Jupyter; in the web process all watchers would
feel it. ``python -m taskdeck.web.notebook_html OPTIONS`` reads the notebook from standard input and writes the page to
standard output.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

from taskdeck.web import page_outputs, turns
from taskdeck.web.turns import Turn

TIMEOUT_SECONDS = 120.0

_FETCHED_FROM_ELSEWHERE = (
    "jquery_url",
    "jupyter_widgets_base_url",
    "mathjax_url",
    "mermaid_js_url",
    "mermaid_layout_elk_js_url",
    "require_js_url",
    "widget_renderer_url",
)
"""Settings of nbconvert's exporter."""

_turn = Turn()


class ConversionFailed(RuntimeError):
    """The notebook could not be made into HTML; the message says why. It can still be downloaded as it is."""


@dataclass(frozen=True, kw_only=True)
class Options:
    title: str = "Notebook"
    shows_code: bool = True
    """Otherwise only texts and outputs: a report."""
    runs_scripts: bool = True
    """Otherwise a note stands in place of what needs them."""


def convert(notebook: BinaryIO, options: Options) -> bytes:
    """Raises `ConversionFailed`, `TooLarge` and `Busy`."""
    turns.check_size(notebook)
    with _turn:
        try:
            finished = subprocess.run(
                [sys.executable, "-m", "taskdeck.web.notebook_html", json.dumps(asdict(options))],
                stdin=notebook,
                capture_output=True,
                timeout=TIMEOUT_SECONDS,
                check=True,
            )
        except subprocess.TimeoutExpired:
            raise ConversionFailed(
                f"The notebook is too large to be shown as HTML: that took longer than {TIMEOUT_SECONDS:g} s. "
                f"Download the notebook instead."
            ) from None
        except subprocess.CalledProcessError as error:
            last_line = (error.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"])[-1]
            raise ConversionFailed(
                f"The notebook could not be made into HTML: {last_line} Download the notebook instead."
            ) from error
    return finished.stdout


def main() -> None:
    import nbformat
    from nbconvert import HTMLExporter

    options = Options(**json.loads(sys.argv[1]))
    # The page stands on its own: formulas stay as they were written.
    exporter = HTMLExporter(
        template_name="lab",
        exclude_input=not options.shows_code,
        exclude_input_prompt=not options.shows_code,
        exclude_output_prompt=not options.shows_code,
        **dict.fromkeys(_FETCHED_FROM_ELSEWHERE, ""),
    )
    notebook = nbformat.reads(sys.stdin.buffer.read().decode("utf-8"), as_version=4)
    _replace_outputs(notebook, options)
    page, _ = exporter.from_notebook_node(notebook, resources={"metadata": {"name": options.title}})
    sys.stdout.buffer.write(page.encode("utf-8", "replace"))


def _replace_outputs(notebook: Any, options: Options) -> None:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "data" in output:
                shown = page_outputs.shown(output.data, with_scripts=options.runs_scripts)
                output.data = type(output.data)(shown)
    # Widgets have become notes, and their state is large.
    notebook.metadata.pop("widgets", None)


if __name__ == "__main__":
    main()
