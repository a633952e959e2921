"""Terms of the glossary, signed unless asked otherwise."""

from __future__ import annotations

from typing import Any

from articles import glossary
from articles.models import Term
from stemsite.access import Role

from .people import make_reviewer, make_user


def make_term(name: str = "placebo", *, signed: bool = True, by: Any = None, **fields: Any) -> Term:
    """A term that ``by`` wrote; a reviewer of its own signed it."""
    values = {
        "slug": name.lower().replace(" ", "-"),
        "definition": f"What people mean when they say {name}.",
        "expansion": "Made Of Many Words" if name.isupper() else "",
    }
    writer = by or make_user(Role.AUTHOR)
    term = Term(name=name, **{**values, **fields})
    term.written_by = writer
    term.full_clean()
    glossary.write(term, by=writer)
    if signed:
        sign_term(term)
    return term


def sign_term(term: Term, *, by: Any = None) -> Any:
    user = by or make_reviewer().user
    signed = glossary.sign(term, by=user, digest=term.digest)
    term.refresh_from_db()
    return signed
