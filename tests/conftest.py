"""What holds for all tests."""

from __future__ import annotations

import os

# Every server would load and fork a pool of its own. The tests of the warm start ask for one.
os.environ["TASKDECK_POOL_SIZE"] = "0"
