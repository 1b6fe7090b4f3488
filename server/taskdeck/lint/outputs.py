"""What the saved outputs of a notebook show, as text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

MAX_CHARACTERS = 500_000
"""Of one text: the rest is not looked at."""

_KEYS = ("text/plain", "text/html", "text/markdown", "text/latex", "text/csv", "image/svg+xml")


def texts(output: Mapping[str, Any]) -> Iterator[str]:
    """Everything readable in an output: streams, tracebacks, results."""
    for part in (output.get("text"), output.get("traceback"), output.get("evalue")):
        if text := _text(part):
            yield text
    for key in _KEYS:
        if text := of_type(output, key):
            yield text
    yield from of_json(output)


def of_json(output: Mapping[str, Any]) -> Iterator[str]:
    """What an output holds as JSON: a value, a table, a chart with its data."""
    data = output.get("data")
    for media_type, content in data.items() if isinstance(data, dict) else ():
        if isinstance(media_type, str) and media_type.endswith("json"):
            yield json.dumps(content)[:MAX_CHARACTERS]


def of_type(output: Mapping[str, Any], media_type: str) -> str:
    data = output.get("data")
    return _text(data.get(media_type)) if isinstance(data, dict) else ""


def _text(part: Any) -> str:
    if isinstance(part, str):
        return part[:MAX_CHARACTERS]
    if isinstance(part, list):
        return "".join(each for each in part if isinstance(each, str))[:MAX_CHARACTERS]
    return ""
