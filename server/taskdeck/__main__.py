"""``python -m taskdeck``."""

from taskdeck.cli import main

main()
