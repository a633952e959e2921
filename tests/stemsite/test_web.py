"""What the parent of the web workers has loaded, and what it must leave to them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from stemsite.settings import BASE_DIR

LOOK = """
import gc, json, os, sys, threading
from stemsite.web import load
load()
from django.conf import settings
from django.db import connections
opened = [os.path.realpath(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd")]
print(json.dumps({
    "threads": [thread.name for thread in threading.enumerate()],
    "tasks": len(os.listdir("/proc/self/task")),
    "connections": [one.alias for one in connections.all(initialized_only=True) if one.connection is not None],
    "data": [path for path in opened if path.startswith(str(settings.DATA_DIR))],
    "loaded": [name for name in ("articles.views", "leads.admin", "stemsite.urls") if name in sys.modules],
    "begun": "stemsite.wsgi" in sys.modules,
    "apart": gc.get_freeze_count(),
}))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="It looks into /proc")
def test_the_parent_of_the_web_workers_holds_nothing_that_two_must_not_share(tmp_path):
    """ADR 21: no thread, no connection, no open file of the site's data; the program itself is loaded and set apart."""
    asked = subprocess.run(
        [sys.executable, "-c", LOOK],
        cwd=BASE_DIR,
        env={"STEMSITE_DATA": str(tmp_path), "PATH": "", "DJANGO_SETTINGS_MODULE": "stemsite.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(asked.stdout)
    assert (found["threads"], found["tasks"], found["connections"], found["data"]) == (["MainThread"], 1, [], [])
    assert found["loaded"] == ["articles.views", "leads.admin", "stemsite.urls"]
    assert not found["begun"]
    assert found["apart"] > 100_000
