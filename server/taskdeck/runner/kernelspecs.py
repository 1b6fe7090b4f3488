"""The kernels that are installed on this machine, by name."""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_client.kernelspec import KernelSpec

DEFAULT_NAME = "python3"

# By these names a kernelspec means the Python that starts it (jupyter_client, `KernelManager.format_kernel_cmd`).
_THIS_PYTHON = (
    sys.executable,
    "python",
    f"python{sys.version_info[0]}",
    f"python{sys.version_info[0]}.{sys.version_info[1]}",
)


class KernelNotInstalled(LookupError):
    """The notebook asks for the kernel {name!r}, which is not installed. Installed: {installed}."""

    def __init__(self, name: str, installed: list[str]) -> None:
        super().__init__((self.__doc__ or "").format(name=name, installed=", ".join(installed) or "none"))


class NotPython(LookupError):
    """The task's environment is the kernel {name!r}, which is no Python: a script cannot run in it."""

    def __init__(self, name: str) -> None:
        super().__init__((self.__doc__ or "").format(name=name))


def find(name: str) -> KernelSpec:
    """Raises `KernelNotInstalled`."""
    # Here: most tasks run in the default kernel, and the linter has no other use for Jupyter's client.
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    manager = KernelSpecManager()
    try:
        return manager.get_kernel_spec(name)
    except NoSuchKernel:
        raise KernelNotInstalled(name, sorted(manager.find_kernel_specs())) from None


def python_of(name: str) -> str:
    """The interpreter of a Python kernel. Raises `KernelNotInstalled` and `NotPython`."""
    spec = find(name)
    if not is_ipykernel(spec):
        raise NotPython(name)
    return sys.executable if spec.argv[0] in _THIS_PYTHON else spec.argv[0]


@functools.cache
def is_of_this_python(name: str) -> bool:
    """Whether the kernel runs the Python of this process, and nothing else. Raises `KernelNotInstalled`."""
    spec = find(name)
    from ipykernel.kernelspec import make_ipkernel_cmd

    return spec.argv[0] in _THIS_PYTHON and spec.argv[1:] == make_ipkernel_cmd()[1:] and not spec.env


def is_ipykernel(spec: KernelSpec) -> bool:
    return any("ipykernel" in argument for argument in spec.argv)
