from .every_page import EveryPageAdmin
from .redirect import RedirectAdmin

__all__ = ["EveryPageAdmin", "RedirectAdmin"]
