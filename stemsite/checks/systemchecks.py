"""``manage.py check`` says which pattern, guard or macro of the lexicon is wrong."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from .lexicon import LexiconError, packaged


@register()
def check_lexicon(**kwargs: Any) -> list[CheckMessage]:
    try:
        packaged()
    except LexiconError as error:
        hint = "Mend it in stemsite/checks/lexicon.json; until then nothing can be published."
        return [Error(problem, hint=hint, id="stemsite.E030") for problem in error.problems]
    return []
