"""The worker with a clock at its database (LEAD-133).

Run as ``python -m tests.benchmarks.timed_worker FILE``; what was measured is in FILE when it has stopped.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import django

from .clock import Clock


def main(report: Path) -> None:
    django.setup()
    from stemsite.heap import keep_what_is_loaded
    from stemsite.tasks.worker import Worker

    clock = Clock()
    clock.watch()
    worker = Worker()
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    keep_what_is_loaded()
    worker.run()
    clock.keep(report)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
