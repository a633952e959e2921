from .article import ArticleAdmin
from .frame import FooterLinkAdmin, MenuItemAdmin
from .suggestion import SuggestionAdmin
from .topic import TopicAdmin

__all__ = ["ArticleAdmin", "FooterLinkAdmin", "MenuItemAdmin", "SuggestionAdmin", "TopicAdmin"]
