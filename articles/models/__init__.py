from .article import Article, Topic
from .frame import FooterLink, MenuItem
from .glossary import Definition, Term
from .home import HomeSection
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
    "Definition",
    "FaqSection",
    "FigureSection",
    "FooterLink",
    "HomeSection",
    "ListSection",
    "MenuItem",
    "SectionBase",
    "StudySection",
    "Suggestion",
    "Term",
    "TextSection",
    "Topic",
    "WordFile",
]
