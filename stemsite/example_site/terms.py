"""The sample glossary: written by the sample author, signed by the sample reviewer."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction

from articles import glossary
from articles.models import Term
from stemsite.accounts.models import User

from .texts import FOLDER, Section, read, words


def load_terms(staff: Mapping[str, User]) -> None:
    """Each term that the glossary does not have by any of its names; those that exist keep what they say."""
    known = set(Term.objects.values_list("slug", flat=True))
    for section in read(FOLDER / "glossary.md").sections:
        if section.named["slug"] not in known:
            _load(section, staff)


def _load(section: Section, staff: Mapping[str, User]) -> None:
    term = Term(
        name=section.heading,
        slug=section.named["slug"],
        expansion=section.named.get("full", ""),
        other_names="\n".join(words(section.named.get("also", ""))),
        definition=section.text,
        written_by=staff["author"],
        is_sample=True,
    )
    try:
        term.full_clean()
    except ValidationError:
        return  # The clinic explains one of these names itself.
    with transaction.atomic():
        glossary.write(term, by=staff["author"])
        glossary.sign(term, by=staff["reviewer"], digest=term.digest)
