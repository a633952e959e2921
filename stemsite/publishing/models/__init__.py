from .hearing import Hearing
from .override import Override
from .page import Page
from .redirect import Redirect
from .schedule import Schedule
from .signoff import SignOff
from .transition import Transition
from .version import Use, Version

__all__ = ["Hearing", "Override", "Page", "Redirect", "Schedule", "SignOff", "Transition", "Use", "Version"]
