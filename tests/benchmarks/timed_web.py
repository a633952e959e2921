"""The web server's application with a clock at its database; each process writes into ``BENCH_CLOCKS`` (LEAD-133)."""

from __future__ import annotations

import os
from pathlib import Path

from stemsite.wsgi import application

from .clock import Clock

__all__ = ["application"]

_clock = Clock()
_clock.watch()
_clock.keep_on(Path(os.environ["BENCH_CLOCKS"]) / f"web-{os.getpid()}.json")
