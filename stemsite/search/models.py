"""What can be found: one row for each live page, and every word they hold."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """A live page as search shows it, written anew whenever the page's public state changes."""

    page = models.PositiveBigIntegerField(unique=True)
    kind = models.CharField(max_length=20, db_index=True)
    title = models.CharField(max_length=200)
    text = models.TextField(help_text="The text as readers see it, for the matching sentence.")

    class Meta:
        verbose_name_plural = "entries"
        indexes = (models.Index(fields=["page", "kind"], name="search_kind_of_page"),)

    def __str__(self) -> str:
        return self.title


class Word(models.Model):
    """A word that some live page held: what a mistyped one may have meant."""

    word = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.word
