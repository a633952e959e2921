from .article import ArticleAdmin
from .frame import FooterLinkAdmin, MenuItemAdmin
from .term import TermAdmin
from .topic import TopicAdmin

__all__ = ["ArticleAdmin", "FooterLinkAdmin", "MenuItemAdmin", "TermAdmin", "TopicAdmin"]
