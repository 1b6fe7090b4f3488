"""What is installed in the Python that executes this.

Also a program for Pythons that have no Taskdeck, and may be of version 3.7: then it prints JSON. So it
imports nothing of ours.
"""

from __future__ import annotations

import json
import os
import re
import sys
from typing import Any

_HEAD_CHARACTERS = 4096
_METADATA = {".dist-info": "METADATA", ".egg-info": "PKG-INFO"}


def of_this_python() -> dict[str, Any]:
    """``path``, ``python_version``, ``implementation``, and ``packages``: names and versions, sorted, each name once.

    Of the metadata only the beginning is read: `importlib.metadata` parses all of them, and takes a hundred times
    as long.
    """
    found: dict[str, tuple[str, str]] = {}
    for directory in sys.path:
        for entry in _entries(directory or os.curdir):
            package = _package(directory, entry)
            # What comes first is what is imported.
            if package is not None:
                found.setdefault(re.sub(r"[-_.]+", "-", package[0]).lower(), package)
    return {
        "path": sys.prefix,
        "python_version": sys.version.split()[0],
        "implementation": sys.implementation.name,
        "packages": [found[name] for name in sorted(found)],
    }


def _entries(directory: str) -> list[str]:
    try:
        return sorted(os.listdir(directory))  # noqa: PTH208 - the names alone
    except OSError:
        return []


def _package(directory: str, entry: str) -> tuple[str, str] | None:
    stem, kind = os.path.splitext(entry)  # noqa: PTH122 - no objects for thousands of entries
    if kind not in _METADATA:
        return None
    path = os.path.join(directory, entry)  # noqa: PTH118
    # Some of the older kind are the file itself.
    head = _head(os.path.join(path, _METADATA[kind])) or _head(path)  # noqa: PTH118
    fields = dict(re.findall(r"^(Name|Version):[ \t]*(\S.*?)\s*$", head.split("\n\n", 1)[0], re.MULTILINE))
    name, _, version = stem.partition("-")
    name, version = fields.get("Name", name), fields.get("Version", version.partition("-")[0])
    return (name, version) if name and version else None


def _head(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            return file.read(_HEAD_CHARACTERS)
    except OSError:
        return ""


if __name__ == "__main__":
    sys.stdout.write(json.dumps(of_this_python()))
