"""The libraries that a zygote loads, so that what it forks need not; and which of them must not be loaded there."""

from __future__ import annotations

import contextlib
import importlib
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

OWN = (
    # What a kernel loads when it is initialised; the debugger is three quarters of that.
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "taskdeck.runner.kernel_process",
    "taskdeck.runner.notebook",
    "taskdeck.runner.parked",
    "taskdeck.runner.script",
    "taskdeck.runner.script_process",
    "taskdeck.runner.warm_up",
    "taskdeck.sdk.outputs",
    "taskdeck.sdk.wire",
)
"""What a runner, a kernel and a script need of Taskdeck and, through it, of Jupyter."""

# Its OpenBLAS stops its threads before each fork and starts them again after it
# (https://github.com/OpenMathLib/OpenBLAS/blob/develop/driver/others/blas_server.c).
_FORKS_SAFELY = frozenset({"numpy"})


class UnsafePreload(RuntimeError):
    """Loading a library in the zygote did something that a fork does not survive; the message says what."""


def load(names: Sequence[str]) -> dict[str, str]:
    """Imports `OWN`, and then each module; of these, the ones that are not installed are passed over.

    Returns, by name, why a module could not be imported. Raises `UnsafePreload` after a module that started a thread
    or opened a GPU: neither can be undone, so this process must not fork. Raises `ImportError` for `OWN`.
    """
    for name in OWN:
        with watched(name):
            importlib.import_module(name)
    failed: dict[str, str] = {}
    for safe in _FORKS_SAFELY if names else ():
        # By itself first, so that it is not taken for the one that needs it.
        with contextlib.suppress(ImportError):
            importlib.import_module(safe)
    for name in names:
        with watched(name):
            try:
                importlib.import_module(name)
            except ModuleNotFoundError as error:
                if error.name != name.partition(".")[0]:
                    failed[name] = f"{type(error).__name__}: {error}"
            except Exception as error:  # noqa: BLE001 - whatever a library does, the others are loaded
                failed[name] = f"{type(error).__name__}: {error}"
    return failed


@contextlib.contextmanager
def watched(name: str) -> Iterator[None]:
    """Raises `UnsafePreload` at the end of what must not start a thread or open a GPU."""
    before = _threads()
    yield
    if threading.active_count() > 1:
        others = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
        raise UnsafePreload(f"{name} started a thread ({', '.join(others)}), which a fork would lack.")
    if (started := _threads() - before) > 0:
        raise UnsafePreload(f"{name} started {started} native threads, which a fork would lack.")
    if device := _open_gpu():
        raise UnsafePreload(f"{name} opened the GPU ({device}): CUDA does not work in a fork.")


def _threads() -> int:
    """The native threads of this process; 0 where the system does not tell."""
    try:
        return len(list(Path("/proc/self/task").iterdir()))
    except OSError:
        return 0


def _open_gpu() -> str | None:
    """The first device of a GPU that this process has open."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        return "torch.cuda"
    with contextlib.suppress(OSError):
        for descriptor in Path("/proc/self/fd").iterdir():
            with contextlib.suppress(OSError):
                target = str(descriptor.readlink())
                if target.startswith(("/dev/nvidia", "/dev/kfd")):
                    return target
    return None
