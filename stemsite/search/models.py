"""What can be found: one row for each live page, and every word they hold."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """A live page as search shows it, written anew whenever the page's public state changes."""

    page = models.PositiveBigIntegerField(unique=True)
    kind = models.CharField(max_length=20, db_index=True)
    title = models.CharField(max_length=200)
    text = models.TextField(help_text="The text as readers see it, for the matching sentence.")
    said = models.TextField(help_text="The terms of the text, a line for each of its sentences.")
    url = models.CharField(max_length=300)
    summary = models.TextField()
    status = models.TextField(help_text="The short notice of regulatory status.")
    reviewed_on = models.DateField(null=True)
    updated_on = models.DateField(null=True)

    class Meta:
        verbose_name_plural = "entries"
        indexes = (models.Index(fields=["page", "kind"], name="search_kind_of_page"),)

    def __str__(self) -> str:
        return self.title


class Mark(models.Model):
    """Something that results can be narrowed by, of one page: ``year:2024``, ``topic:3``."""

    entry = models.ForeignKey(Entry, to_field="page", db_column="page", on_delete=models.CASCADE, related_name="marks")
    mark = models.CharField(max_length=40)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["mark", "entry"], name="search_mark_once_a_page"),)

    def __str__(self) -> str:
        return self.mark


class Word(models.Model):
    """A word that some live page held: what a mistyped one may have meant."""

    word = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.word
