"""Stored pages laid out on disk and given by nginx with the shipped configuration, for the table of ``serving``."""

from __future__ import annotations

import contextlib
import io
import threading
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def laid_out(folder: Path, port: int) -> Iterator[Path]:
    """The path of nginx's configuration, while the files stand and are kept up as the worker does it."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from stemsite.serving.laying import Folder
    from tests.nginx import written

    settings.PAGES_ON_DISK, settings.TRUSTED_PROXIES = True, 1
    kept, over = Folder(), threading.Event()
    kept.keep_up()

    def keep_up() -> None:
        while not over.wait(5):
            kept.keep_up()
        connections.close_all()

    out = io.StringIO()
    call_command("nginx", listen=f"127.0.0.1:{port}", stdout=out)
    worker = threading.Thread(target=keep_up)
    worker.start()
    try:
        folder.mkdir()
        yield written(folder, out.getvalue())
    finally:
        over.set()
        worker.join()
        settings.PAGES_ON_DISK, settings.TRUSTED_PROXIES = False, 0
