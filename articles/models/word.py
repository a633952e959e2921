"""Word files that are on their way to becoming a draft."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class WordFile(models.Model):
    """Only what is read of the file, its macros and hidden parts gone; forgotten after a month."""

    name = models.CharField(max_length=120)
    data = models.BinaryField("the document, reduced to the parts that are read")
    embedded = models.PositiveIntegerField("other files that were inside", default=0)
    handed_in_at = models.DateTimeField(default=timezone.now, db_index=True)
    handed_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="word_files")
    page = models.ForeignKey("articles.Article", on_delete=models.CASCADE, null=True, related_name="word_files")

    def __str__(self) -> str:
        return self.name
