from .choosing import AnyPageAdmin
from .redirect import RedirectAdmin

__all__ = ["AnyPageAdmin", "RedirectAdmin"]
