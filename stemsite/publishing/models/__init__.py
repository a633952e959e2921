from .buffer import Buffer
from .comment import Comment
from .fact_check import FactCheck
from .hearing import Hearing
from .link import Link, LinkUse
from .notice import Notice, NoticeChoice
from .override import Override
from .page import Page
from .redirect import Redirect
from .schedule import Schedule
from .seen import StudySeen
from .share import ShareLink
from .signoff import SignOff
from .transition import Transition
from .version import Use, Version
from .words import VersionWords

__all__ = [
    "Buffer",
    "Comment",
    "FactCheck",
    "Hearing",
    "Link",
    "LinkUse",
    "Notice",
    "NoticeChoice",
    "Override",
    "Page",
    "Redirect",
    "Schedule",
    "ShareLink",
    "SignOff",
    "StudySeen",
    "Transition",
    "Use",
    "Version",
    "VersionWords",
]
