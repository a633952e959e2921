from .buffer import Buffer
from .override import Override
from .page import Page
from .redirect import Redirect
from .schedule import Schedule
from .share import ShareLink
from .signoff import SignOff
from .transition import Transition
from .version import Use, Version

__all__ = ["Buffer", "Override", "Page", "Redirect", "Schedule", "ShareLink", "SignOff", "Transition", "Use", "Version"]
