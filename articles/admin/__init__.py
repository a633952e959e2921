from .article import ArticleAdmin
from .frame import FooterLinkAdmin, MenuItemAdmin
from .topic import TopicAdmin

__all__ = ["ArticleAdmin", "FooterLinkAdmin", "MenuItemAdmin", "TopicAdmin"]
