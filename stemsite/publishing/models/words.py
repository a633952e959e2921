"""The words of a version as staff look for them, drafts included; the public search knows nothing of it."""

from __future__ import annotations

from django.db import models


class VersionWords(models.Model):
    """One row a version that staff may still look for. Made from the version alone, so it is never out of date."""

    version = models.OneToOneField("publishing.Version", on_delete=models.CASCADE, related_name="words")
    text = models.TextField()
    """One line for each block of the page and each identifier, folded: lower case, no accents, single blanks."""

    def __str__(self) -> str:
        return f"words of version {self.version_id}"
