from .every_page import EveryPageAdmin
from .override import OverrideAdmin
from .redirect import RedirectAdmin

__all__ = ["EveryPageAdmin", "OverrideAdmin", "RedirectAdmin"]
