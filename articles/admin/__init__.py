from . import temporary  # noqa: F401
from .article import ArticleAdmin
from .topic import TopicAdmin

__all__ = ["ArticleAdmin", "TopicAdmin"]
