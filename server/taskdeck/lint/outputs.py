"""What the saved outputs of a notebook show, as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

MAX_CHARACTERS = 500_000
"""Of one text: the rest is not looked at."""

_KEYS = ("text/plain", "text/html", "text/markdown", "text/latex", "application/json", "image/svg+xml")


def texts(output: Mapping[str, Any]) -> Iterator[str]:
    """Everything readable in an output: streams, tracebacks, results."""
    for part in (output.get("text"), output.get("traceback"), output.get("evalue")):
        if text := _text(part):
            yield text
    for key in _KEYS:
        if text := of_type(output, key):
            yield text


def of_type(output: Mapping[str, Any], media_type: str) -> str:
    data = output.get("data")
    return _text(data.get(media_type)) if isinstance(data, dict) else ""


def _text(part: Any) -> str:
    if isinstance(part, str):
        return part[:MAX_CHARACTERS]
    if isinstance(part, list):
        return "".join(each for each in part if isinstance(each, str))[:MAX_CHARACTERS]
    return str(part)[:MAX_CHARACTERS] if isinstance(part, dict) else ""
