"""What a page shows in place of outputs that only the dashboard can show."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

Data = dict[str, Any]
"""An output's content by media type."""

IMAGES = ("image/svg+xml", "image/png", "image/jpeg")
_INTERACTIVE = (
    "application/vnd.bokehjs",
    "application/vnd.jupyter.widget-view",
    "application/vnd.plotly",
    "application/vnd.vega",
    "application/vnd.vegalite",
)
_WITH_ITS_LIBRARY_CHARACTERS = 500_000
"""HTML of a chart that is longer brings its library along; a shorter one would fetch it from elsewhere."""

_STYLE = "border:1px dashed #888;border-radius:4px;padding:0.75em 1em;color:#555;font-family:sans-serif"


def shown(data: Mapping[str, Any], *, with_scripts: bool) -> Data:
    """The content that a page shows: a picture where there is one, otherwise a note. ``with_scripts``: the page runs
    them."""
    page = _text(data.get("text/html", ""))
    is_interactive = any(name.startswith(_INTERACTIVE) for name in data)
    if is_interactive and with_scripts and len(page) > _WITH_ITS_LIBRARY_CHARACTERS:
        return {"text/html": page}
    if not is_interactive and (with_scripts or not _needs_scripts(data, page)):
        return dict(data)
    if pictures := {name: data[name] for name in IMAGES if name in data}:
        return pictures
    if is_interactive:
        text = _text(data.get("text/plain", ""))
        before = f"<pre>{html.escape(text)}</pre>" if text and _is_widget(data) else ""
        return {"text/html": before + note(_title(data))}
    return {"text/html": page + note("")}


def note(title: str) -> str:
    """HTML that says what is missing."""
    what = f"“{html.escape(title)}” is interactive" if title else "This output is interactive"
    return f'<p class="taskdeck-note" style="{_STYLE}">{what}: it is shown in the dashboard only.</p>'


def _needs_scripts(data: Mapping[str, Any], page: str) -> bool:
    return "<script" in page.lower() or "application/javascript" in data


def _is_widget(data: Mapping[str, Any]) -> bool:
    return any(name.startswith("application/vnd.jupyter.widget-view") for name in data)


def _title(data: Mapping[str, Any]) -> str:
    """As plotly and Vega keep it; empty where there is none."""
    for name, content in data.items():
        if not name.startswith(_INTERACTIVE) or not isinstance(content, Mapping):
            continue
        layout = content.get("layout")
        title = layout.get("title") if isinstance(layout, Mapping) else content.get("title")
        text = title.get("text") if isinstance(title, Mapping) else title
        if isinstance(text, str):
            return text
    return ""


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "".join(str(line) for line in content)
    return content if isinstance(content, str) else ""
