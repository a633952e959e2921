"""The site's settings on a data folder of the tests' own: they never touch a trial that runs beside them."""

import os
import sys
from pathlib import Path

os.environ["EVIDENCE_NETWORK"] = "off"  # No test asks a registry; fault tests have clients of their own.

# Read before the settings are. A program that a test starts keeps the folder it was given.
if "pytest" in sys.modules:
    os.environ["STEMSITE_DATA"] = str(Path(__file__).resolve().parent.parent / ".test" / "data")

from stemsite.settings import *  # noqa: F403
from stemsite.settings import DATABASES

# A race test has more threads in one process than a web server ever has.
if "pool" in DATABASES["default"].get("OPTIONS", {}):
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 80, "timeout": 30}
