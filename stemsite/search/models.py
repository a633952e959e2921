"""What can be found: one row for each live page."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """A live page as search sees it, written anew whenever the page's public state changes."""

    page = models.PositiveBigIntegerField(unique=True)
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    words = models.TextField(help_text="Title, names and text, folded: lower case without accents.")
    text = models.TextField(help_text="The text as readers see it, for the matching sentence.")

    class Meta:
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return self.title
