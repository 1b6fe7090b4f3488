"""What a browser will load for an address of the dashboard, told together with its page.

Without this it learns of a page's code from the code of the frame around it, and of its data from the page's: on a slow
network each of them is a round trip later than it need be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Place:
    """One line of ``places.json``, which the build of the front end writes. ``path``: what addresses it is for."""

    path: re.Pattern[str]
    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    data: tuple[str, ...]
    """What its page asks the API for; ``\\1`` is what the first group of the path holds."""


def links(built: Path, path: str, *, is_filtered: bool) -> str:
    """The header ``Link`` of RFC 8288 for this address; empty where nothing is known of it.

    ``is_filtered``: the address has a query, so the page's own questions will have another than is known here.
    """
    for place in _read(built / "places.json", _version(built / "places.json")):
        if match := place.path.fullmatch(path):
            return ", ".join(_links(place, match, is_filtered=is_filtered))
    return ""


def _links(place: Place, match: re.Match[str], *, is_filtered: bool) -> Iterator[str]:
    for script in place.scripts:
        yield f"<{script}>; rel=modulepreload; crossorigin"
    for style in place.styles:
        yield f"<{style}>; rel=preload; as=style; crossorigin"
    for address in place.data:
        if not (is_filtered and "?" in address):
            yield f"<{match.expand(address)}>; rel=preload; as=fetch; crossorigin"


def _version(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


@lru_cache(maxsize=1)
def _read(file: Path, version: int) -> tuple[Place, ...]:
    if not version:
        return ()
    return tuple(
        Place(
            path=re.compile(each["path"]),
            scripts=tuple(each["scripts"]),
            styles=tuple(each["styles"]),
            data=tuple(each["data"]),
        )
        for each in json.loads(file.read_text(encoding="utf-8"))
    )
