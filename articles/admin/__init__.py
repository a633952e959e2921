from .frame import FooterLinkAdmin, MenuItemAdmin
from .topic import TopicAdmin

__all__ = ["FooterLinkAdmin", "MenuItemAdmin", "TopicAdmin"]
