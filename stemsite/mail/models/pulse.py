"""How far this database has come: a number that is also kept outside it, and so tells a restored one."""

from __future__ import annotations

import uuid

from django.db import models


class Pulse(models.Model):
    database = models.UUIDField(default=uuid.uuid4)
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = (models.CheckConstraint(name="pulse_is_one", condition=models.Q(pk=1)),)

    def __str__(self) -> str:
        return str(self.number)
