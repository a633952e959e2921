from .article import ArticleAdmin
from .frame import FooterLinkAdmin, MenuItemAdmin
from .home import HomeSectionAdmin
from .suggestion import SuggestionAdmin
from .term import TermAdmin
from .topic import TopicAdmin

__all__ = [
    "ArticleAdmin",
    "FooterLinkAdmin",
    "HomeSectionAdmin",
    "MenuItemAdmin",
    "SuggestionAdmin",
    "TermAdmin",
    "TopicAdmin",
]
