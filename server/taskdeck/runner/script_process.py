"""The script's half of a parked pair: a process that was forked ahead and becomes ``python -u FILE ARGUMENT``."""

from __future__ import annotations

import builtins
import os
import signal
import socket
import sys
import types
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

from taskdeck.runner import forked, packet
from taskdeck.runner.forked import Entry


def run(control: socket.socket) -> int:
    """Waits for an `Entry` with the script's ``file`` and ``argument``, and executes it as the main module.

    Returns the exit code, negative for the signal that Python would end by.
    """
    try:
        given = packet.receive_json(control)
    except packet.Disconnected:
        os._exit(0)
    control.close()
    file, argument = given.pop("file"), given.pop("argument")
    forked.enter(Entry(**given))
    sys.argv = [file, argument]
    if not sys.flags.safe_path:
        # Of the file itself, where a link leads to it.
        sys.path.insert(0, str(Path(file).resolve().parent))
    # The debugger, which a kernel loads, leaves them behind.
    for name in ("execfile", "runfile"):
        builtins.__dict__.pop(name, None)
    main = _main_module(file)
    sys.modules["__main__"] = main
    try:
        code = compile(Path(file).read_bytes(), file, "exec", dont_inherit=True)
        exec(code, main.__dict__)  # noqa: S102 - running the author's script is what this process is for
    except SystemExit as error:
        return forked.exit_code(error)
    except BaseException as error:  # noqa: BLE001 - Python, too, prints whatever leaves a program
        return _failed(error)
    return 0


def _main_module(file: str) -> types.ModuleType:
    main = types.ModuleType("__main__")
    main.__dict__.update(
        __annotations__={},
        __builtins__=builtins,
        __cached__=None,
        __file__=file,
        __loader__=SourceFileLoader("__main__", file),
    )
    return main


def _failed(error: BaseException) -> int:
    """Prints the traceback without the frame of this module, as if there was none."""
    traceback: Any = error.__traceback__
    while traceback is not None and traceback.tb_frame.f_code.co_filename == __file__:
        traceback = traceback.tb_next
    sys.excepthook(type(error), error.with_traceback(traceback), traceback)
    return -signal.SIGINT if isinstance(error, KeyboardInterrupt) else 1
