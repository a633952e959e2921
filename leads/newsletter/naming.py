"""Names of conditions and treatments, and words of medicine, in what staff write themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable

from stemsite.checks import words
from studies.models import Condition, Intervention

WORDS = (
    "cure", "heal", "treat", "treatment", "therapy", "therapies", "stem cell", "cells", "exosome", "infusion",
    "injection", "dose", "symptom", "disease", "diagnosis", "side effect", "harm", "benefit", "effective",
    "safe", "proven", "recover", "regenerate", "trial", "patients improved", "breakthrough",
)  # fmt: skip
"""Stems beside the lexicon's diseases, therapies and claims: what is said with them is said about somebody's health."""


def names_in(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """Those of ``names`` that stand in ``text`` as words, each once, whatever their case; short ones as written."""
    found = []
    for name in dict.fromkeys(name.strip() for name in names if name.strip()):
        # “ALS” is not “also”, and “Als” begins a sentence in other languages.
        flags = 0 if name.isupper() and len(name) <= 4 else re.IGNORECASE
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, flags):
            found.append(name)
    return tuple(found)


def condition_names() -> tuple[str, ...]:
    rows = Condition.objects.values_list("name", "short_name", "other_names")
    return tuple(word for name, short, others in rows for word in (name, short, *others.splitlines()) if word.strip())


def medical_words(text: str) -> tuple[str, ...]:
    """What makes ``text`` a medical one; empty where it says nothing that a clinician has to read."""
    library = (*condition_names(), *Intervention.objects.values_list("name", flat=True))
    lexicon = (*words.medical_words((text,)), *words.watched_phrases((text,)))
    stems = [word for word in WORDS if re.search(rf"(?<!\w){re.escape(word)}(?:s|es|ed|ing|ly)?(?!\w)", text, re.I)]
    return tuple(dict.fromkeys((*names_in(text, library), *lexicon, *stems)))
