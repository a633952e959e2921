"""What went wrong with people's data, and by when those concerned have to be told (LEAD-118, LEAD-124)."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from stemsite.crypto import SealedTextField

TELL_WITHIN = datetime.timedelta(days=60)
"""FTC Health Breach Notification Rule, 16 CFR 318.4; counsel may know a shorter one."""


class Incident(models.Model):
    """One entry of the log. It is never deleted; what is learnt later is written into it, and that is on record."""

    discovered_on = models.DateField("discovered on", default=timezone.localdate)
    happened_on = models.DateField("happened on", null=True, blank=True, help_text="Empty while nobody knows.")
    what = SealedTextField("what happened", help_text="In plain words, and what was done about it. Kept sealed.")
    who = SealedTextField("whom it concerns", help_text="Which people, by reference or by kind. Kept sealed.")
    number = models.PositiveIntegerField("how many people", null=True, blank=True, help_text="Empty while unknown.")
    told_on = models.DateField("people were told on", null=True, blank=True)
    no_need = SealedTextField(
        "why nobody has to be told", blank=True, help_text="Counsel’s reason, where the law asks for no notice."
    )
    entered_at = models.DateTimeField(default=timezone.now, editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="incident_happened_before_it_was_found",
                condition=Q(happened_on__isnull=True) | Q(happened_on__lte=F("discovered_on")),
                violation_error_message="Nothing is discovered before it happened.",
            ),
            models.CheckConstraint(
                name="incident_told_after_it_was_found",
                condition=Q(told_on__isnull=True) | Q(told_on__gte=F("discovered_on")),
                violation_error_message="People are told after it was discovered.",
            ),
        )

    def __str__(self) -> str:
        return f"Incident {self.pk}, discovered {self.discovered_on}"

    @property
    def due_on(self) -> datetime.date:
        return self.discovered_on + TELL_WITHIN

    @property
    def is_settled(self) -> bool:
        return self.told_on is not None or bool(self.no_need)

    @property
    def clock(self) -> str:
        """For the list: how many days are left, or how it ended."""
        if self.told_on is not None:
            return f"told on {self.told_on}"
        if self.no_need:
            return "nobody has to be told"
        left = (self.due_on - timezone.localdate()).days
        return f"overdue since {self.due_on}" if left < 0 else f"{left} days left, until {self.due_on}"
