"""The version of the installed package."""

from __future__ import annotations

import functools
from importlib import metadata


@functools.cache
def version() -> str:
    return metadata.version("taskdeck")
