"""What helps to tell people from machines, and to forget networks in time."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from stemsite.crypto import SealedTextField


class SpamPattern(models.Model):
    """A piece of plain text that staff met in spam; it adds to the score and never decides alone (LEAD-25)."""

    text = models.CharField(
        max_length=120, unique=True, help_text="Plain text, found anywhere in name or message; case does not matter."
    )
    score = models.PositiveSmallIntegerField(default=2, validators=[MinValueValidator(1), MaxValueValidator(5)])
    is_active = models.BooleanField("in use", default=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="spampattern_score",
                condition=models.Q(score__gte=1, score__lte=5),
                violation_error_message="A score lies between 1 and 5.",
            ),
        )

    def __str__(self) -> str:
        return self.text


class ProofKey(models.Model):
    """The key that networks of one day are hashed with. Gone after 30 days, and with it what the hashes meant."""

    day = models.DateField(unique=True)
    secret = SealedTextField()

    def __str__(self) -> str:
        return f"{self.day}"
