"""What the clinic shows first to somebody who searches for certain words."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models

from stemsite.search.words import terms_of

MOST_WORDS = 500


class Suggestion(models.Model):
    """Words that lead to a page; readers are told that the clinic suggests it."""

    words = models.TextField(
        max_length=MOST_WORDS,
        help_text="One word or a few in each line. Who searches for all words of a line is shown the page first.",
    )
    page = models.ForeignKey(
        "publishing.Page",
        on_delete=models.CASCADE,
        related_name="suggestions",
        help_text="It is shown while it is live.",
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["page"],
                name="suggestion_once_a_page",
                violation_error_message="There are words for this page already: add yours to them.",
            ),
        )

    def __str__(self) -> str:
        return self.words.partition("\n")[0].strip()

    def clean(self) -> None:
        self.words = "\n".join(line for line in map(str.strip, self.words.splitlines()) if line)
        if not all(terms_of(line) for line in self.words.splitlines()):
            raise ValidationError({"words": "Write letters or digits in every line."})
        if self.page_id and not self.page.has_address:
            raise ValidationError({"page": "Choose a page that stands at an address of its own."})

    def is_meant(self, terms: str) -> bool:
        """Whether one of the lines stands in ``terms``, which begin and end in a blank."""
        return any(f" {' '.join(terms_of(line))} " in terms for line in self.words.splitlines())
