"""``python -m taskdeck.runner``: reads one job, as JSON, from the standard input and runs it."""

from __future__ import annotations

import asyncio
import sys

from taskdeck.runner import main
from taskdeck.runner.job import InvalidJob, Job


def _main() -> int:
    try:
        job = Job.from_json(sys.stdin.buffer.read())
    except InvalidJob as error:
        main.complain(str(error))
        return main.EXIT_INVALID_JOB
    return asyncio.run(main.run_masked(job))


if __name__ == "__main__":
    main.leave(_main())
