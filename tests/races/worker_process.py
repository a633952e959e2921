"""A worker in a process of its own: ``worker_process.py DATABASE LEASE``; started by the chaos tests."""

from __future__ import annotations

import datetime
import signal
import sys

import django


def main(database: str, lease: float) -> None:
    django.setup()
    from django.db import connection

    from stemsite.tasks import leases
    from stemsite.tasks.worker import Worker

    connection.settings_dict["NAME"] = database
    leases.LEASE = datetime.timedelta(seconds=lease)
    worker = Worker(pause=0.1, patience=2.0)
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    worker.run()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
