"""The command line: ``taskdeck …``.

Exit codes: 0 fine, 1 the thing failed, 2 the request was wrong, 3 a process cannot start, 130 cancelled by Ctrl-C.

Commands import what they need when they run: `web` has to let gevent patch the standard library first, and ``--help``
should not wait for SQLAlchemy.
"""

from taskdeck.cli import authoring, config, runs, servers
from taskdeck.cli.group import main

__all__ = ["authoring", "config", "main", "runs", "servers"]
