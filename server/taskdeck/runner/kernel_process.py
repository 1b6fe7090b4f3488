"""The kernel's half of a parked pair: initialised ahead, it enters the world of its run when it is told to."""

from __future__ import annotations

import os
import socket
import sys
import traceback
from pathlib import Path
from typing import Any

from ipykernel.kernelapp import IPKernelApp
from tornado.ioloop import IOLoop

from taskdeck.runner import forked, packet
from taskdeck.runner.forked import Entry
from taskdeck.runner.kernel import IPYKERNEL_ARGUMENTS

ENTERED = b"\n"


def run(connection_file: str, control: socket.socket) -> int:
    """Serves as a kernel until it is shut down. Over ``control`` comes one `Entry`; the answer is `ENTERED`."""
    arguments = ["-f", connection_file, *IPYKERNEL_ARGUMENTS]
    sys.argv = ["ipykernel_launcher.py", *arguments]
    # The kernel's own watch over its parent, as in any kernel that Jupyter starts.
    app: Any = IPKernelApp.instance(parent_handle=os.getppid())
    app.initialize(arguments)
    loop = IOLoop.current()

    def enter(*_: object) -> None:
        loop.remove_handler(control.fileno())
        control.setblocking(True)
        try:
            entry = Entry(**packet.receive_json(control))
        except packet.Disconnected:
            os._exit(0)
        try:
            forked.enter(entry)
            # Where it was started.
            app.shell.starting_dir = entry.working_directory
            app.shell.user_ns["_dh"][:] = [Path(entry.working_directory)]
        except BaseException:  # noqa: BLE001 - nobody would hear of it otherwise, and its runner would wait for ever
            traceback.print_exc()
            os._exit(1)
        control.sendall(ENTERED)
        control.close()

    loop.add_handler(control.fileno(), enter, IOLoop.READ)
    app.start()
    return 0
