"""The site's own settings, but for an app that shortens leases and pauses, so that healing takes seconds."""

from stemsite.settings import *  # noqa: F403
from stemsite.settings import INSTALLED_APPS, MAIL_URL, MAILERS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.durability.apps.HurriedConfig"]

if MAIL_URL:
    for mailer in MAILERS.values():
        mailer["OPTIONS"]["timeout"] = 3
