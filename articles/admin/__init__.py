from .article import ArticleAdmin
from .frame import FooterLinkAdmin, MenuItemAdmin
from .home import HomeSectionAdmin
from .term import TermAdmin
from .topic import TopicAdmin

__all__ = ["ArticleAdmin", "FooterLinkAdmin", "HomeSectionAdmin", "MenuItemAdmin", "TermAdmin", "TopicAdmin"]
