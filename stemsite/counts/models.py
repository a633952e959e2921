"""How often pages were read, where readers came from and what they looked for: numbers of a day or month, of nobody."""

from __future__ import annotations

from django.db import models

from .kinds import Kind


class Count(models.Model):
    """One number. No address, cookie, browser or moment of anybody is kept with it or could be told from it.

    What readers bring along (a referrer's host, words they searched for) has no name here until it was counted
    ``SEEN_OFTEN`` times: what is rare may say who somebody is.
    """

    SEEN_OFTEN = 5

    kind = models.CharField(max_length=10, choices=Kind)
    day = models.DateField(help_text="The day, or the first of the month for what was searched for.")
    fingerprint = models.CharField(max_length=64, help_text="Keyed, so that the same is counted together.")
    name = models.CharField(max_length=200, blank=True)
    number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "day", "fingerprint"], name="count_once"),
            models.CheckConstraint(
                name="count_names_nothing_rare",
                condition=models.Q(kind="page") | models.Q(name="") | models.Q(number__gte=5),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name or 'something rare'}: {self.number}"
