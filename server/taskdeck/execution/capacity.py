"""What this machine has for runs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import psutil

from taskdeck.model.resources import MILLICORES, Capacity, Resources
from taskdeck.settings import Settings

_MB = 2**20
_GB = 2**30


def of_machine(settings: Settings) -> Capacity:
    """What the settings say, and for what they leave open, what there is."""
    cpu = settings.capacity_cpu or (os.cpu_count() or 1) * MILLICORES
    memory_mb = settings.capacity_memory_mb or psutil.virtual_memory().total // _MB
    total, free = _disk(settings.state_directory)
    declared = settings.capacity_disk_gb
    return Capacity(
        total=Resources(cpu=cpu, memory_mb=memory_mb, disk_gb=declared or total),
        present=Resources(cpu=cpu, memory_mb=memory_mb, disk_gb=declared or free),
    )


def _disk(directory: Path) -> tuple[float, float]:
    """All and free space in GB; nothing where it cannot be asked."""
    try:
        usage = shutil.disk_usage(directory)
    except OSError:
        return 0.0, 0.0
    return usage.total / _GB, usage.free / _GB
