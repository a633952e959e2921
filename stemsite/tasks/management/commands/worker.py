import signal
from typing import Any

from django.core.management.base import BaseCommand

from stemsite.heap import keep_what_is_loaded
from stemsite.tasks.worker import Worker


class Command(BaseCommand):
    help = "Do the background work: schedules, mail, long jobs. SIGTERM finishes or returns the job in hand."

    def handle(self, *args: Any, **options: Any) -> None:
        worker = Worker()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        keep_what_is_loaded()
        self.stdout.write(f"Worker {worker.name} is at work.")
        worker.run()
        self.stdout.write(f"Worker {worker.name} has stopped.")
