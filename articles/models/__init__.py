from .article import Article, Topic
from .frame import FooterLink, MenuItem
from .sections import (
    SECTION_MODELS,
    ActionSection,
    CalloutSection,
    ChecklistSection,
    FaqSection,
    FigureSection,
    ListSection,
    SectionBase,
    StudySection,
    TextSection,
)
from .suggestion import Suggestion
from .word import WordFile

__all__ = [
    "SECTION_MODELS",
    "ActionSection",
    "Article",
    "CalloutSection",
    "ChecklistSection",
    "FaqSection",
    "FigureSection",
    "FooterLink",
    "ListSection",
    "MenuItem",
    "SectionBase",
    "StudySection",
    "Suggestion",
    "TextSection",
    "Topic",
    "WordFile",
]
