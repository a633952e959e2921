"""Menu and footer, as the clinic's frame asks for them."""

from __future__ import annotations

from stemsite.clinic.frame import Link

from .models import FooterLink, MenuItem


def links() -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    menu = tuple(MenuItem.objects.order_by("ordering", "pk").values_list("label", "path"))
    footer = tuple(FooterLink.objects.order_by("ordering", "pk").values_list("label", "path"))
    return menu, footer
