from .link import Link, LinkUse
from .notice import Notice, NoticeChoice
from .page import Page
from .redirect import Redirect
from .schedule import Schedule
from .seen import StudySeen
from .signoff import SignOff
from .transition import Transition
from .version import Use, Version

__all__ = [
    "Link",
    "LinkUse",
    "Notice",
    "NoticeChoice",
    "Page",
    "Redirect",
    "Schedule",
    "SignOff",
    "StudySeen",
    "Transition",
    "Use",
    "Version",
]
