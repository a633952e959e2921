"""Addresses that were public once, and where they lead now."""

from __future__ import annotations

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from .page import Page

_LOCAL = re.compile(r"/(?![/\\])[^\s\\?#]*")
_STAFF = ("/admin/", "/accounts/", "/static/", "/media/")


def _wrong(path: str) -> str:
    """What is wrong with ``path`` as an address of this site, or nothing."""
    if path and not _LOCAL.fullmatch(path):
        return "Use an address on this site that begins with one slash, without ? and #: /conditions/mnd/."
    if path.startswith(_STAFF):
        return "This part of the site takes no redirects."
    return ""


class Redirect(models.Model):
    """A retired address. One that names a page follows it through every later change of slug in one hop."""

    from_path = models.CharField("old address", max_length=200, unique=True, help_text="Such as /conditions/mnd/.")
    page = models.ForeignKey(
        "publishing.Page", on_delete=models.CASCADE, null=True, blank=True, related_name="redirects"
    )
    to_path = models.CharField("leads to", max_length=200, blank=True, help_text="Only where no page is chosen.")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="redirects"
    )
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="redirect_has_one_target",
                condition=(Q(page__isnull=False) & Q(to_path="")) | (Q(page__isnull=True) & ~Q(to_path="")),
                violation_error_message="Choose a page or give an address, not both.",
            ),
            models.CheckConstraint(
                name="redirect_is_no_loop",
                condition=~Q(from_path=models.F("to_path")),
                violation_error_message="A redirect cannot lead to itself.",
            ),
        )

    def __str__(self) -> str:
        return self.from_path

    def clean(self) -> None:
        """Addresses of this site only, and no way that comes back to where it began (PUB-86)."""
        errors = {name: wrong for name in ("from_path", "to_path") if (wrong := _wrong(getattr(self, name)))}
        if errors:
            raise ValidationError(errors)
        taken = Page.objects.filter(live_path=self.from_path, public_state=Page.PublicState.LIVE).first()
        if taken is not None:
            raise ValidationError({"from_path": f"The live page “{taken}” stands at this address."})
        if self.final_target() == self.from_path:
            raise ValidationError("This would lead back to the old address itself. Choose another target.")

    def way(self) -> tuple[Redirect, ...]:
        """This redirect and every further one that stands behind it today."""
        way = [self]
        while (target := way[-1].target) is not None and target not in {step.from_path for step in way}:
            following = Redirect.objects.select_related("page").filter(from_path=target).exclude(pk=self.pk).first()
            if following is None:
                break
            way.append(following)
        return tuple(way)

    def final_target(self) -> str | None:
        """Where a reader ends after every redirect that is stored today; ``from_path`` where that is a circle."""
        way = self.way()
        target = way[-1].target
        return self.from_path if target in {step.from_path for step in way} else target

    @property
    def target(self) -> str | None:
        """Where readers are sent, or none while the page is not public."""
        return self.to_path or (self.page.live_path if self.page else None)
