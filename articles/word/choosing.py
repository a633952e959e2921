"""What each piece of a Word file becomes: a first guess, which a person confirms or changes."""

from __future__ import annotations

import re

from articles.content import Role

from .reading import WordPiece

TEXT, LIST, CHECKLIST, FAQ, CALLOUT, LEAVE_OUT, FIGURE = "text", "list", "checklist", "faq", "callout", "out", "figure"

TEXT_KINDS = (
    (TEXT, "Text"),
    (LIST, "List"),
    (CHECKLIST, "Checklist"),
    (FAQ, "Questions and answers"),
    (CALLOUT, "Call-out: good to know"),
    (LEAVE_OUT, "Leave out"),
)
FIGURE_KINDS = ((FIGURE, "Figure"), (LEAVE_OUT, "Leave out"))

_ONE_LIST = re.compile(r"<(ul|ol)>(?:(?!</?(?:ul|ol|p|h3|h4|table)\b).|<li>|</li>|</?p>)*</\1>", re.DOTALL)
_ROLES: tuple[tuple[Role, str], ...] = (
    ("key points", r"key points|in short|at a glance|summary"),
    ("questions", r"questions (?:to ask|for)|ask your (?:doctor|neurologist)"),
    ("next steps", r"next steps?\b|what (?:to do|now)"),
    ("unknowns", r"not (?:yet )?know|unknown|uncertain"),
    ("harms", r"harms?\b|risks?\b|side effects?|safety"),
    ("costs", r"\bcosts?\b|who pays|price|insurance"),
    ("symptoms", r"symptoms?|signs of"),
    ("research", r"research|trials?\b|stud(?:y|ies)\b|evidence"),
    ("treatments", r"treat(?:ed|ments?|ing)|standard care"),
    ("help", r"help|support"),
    ("what it is", r"^what (?:is|are|it is)\b|^about\b|overview"),
)


def kind_of(piece: WordPiece) -> str:
    if piece.picture is not None:
        return FIGURE
    if _ONE_LIST.fullmatch(piece.html):
        return LIST
    questions = re.findall(r"<h3>(.*?)</h3>", piece.html)
    return FAQ if questions and all(words.rstrip().endswith("?") for words in questions) else TEXT


def role_of(piece: WordPiece) -> str:
    """What this part of a guide seems to be about, by its heading; nothing for a free section."""
    heading = piece.heading.lower()
    return next((role for role, words in _ROLES if heading and re.search(words, heading)), "")
