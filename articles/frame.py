"""Menu, footer and home sections, as the clinic's frame asks for them, and what a change of them does."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.db import transaction
from django.urls import Resolver404, resolve

from stemsite.clinic.frame import KEY, Link
from stemsite.publishing.models import Page
from stemsite.serving import store

from .models import FooterLink, HomeSection, MenuItem

FrameLink = MenuItem | FooterLink

HOME = "home"
"""The home page alone depends on its sections."""


def links() -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    menu = tuple(MenuItem.objects.order_by("ordering", "pk").values_list("label", "path"))
    footer = tuple(FooterLink.objects.order_by("ordering", "pk").values_list("label", "path"))
    return menu, footer


@transaction.atomic
def save_link(link: FrameLink) -> None:
    """Menu and footer stand on every public page."""
    link.save()
    store.forget(KEY)


@transaction.atomic
def remove_link(link: FrameLink) -> None:
    link.delete()
    store.forget(KEY)


@transaction.atomic
def save_home_section(section: HomeSection) -> None:
    section.save()
    store.forget(HOME)


@transaction.atomic
def remove_home_section(section: HomeSection) -> None:
    section.delete()
    store.forget(HOME)


def leads_nowhere(path: str) -> bool:
    """Whether a reader who follows ``path`` would find nothing: neither a live page nor a list or form."""
    address = urlsplit(path).path
    if Page.objects.filter(live_path=address, public_state=Page.PublicState.LIVE).exists():
        return False
    try:
        found = resolve(address)
    except Resolver404:
        return True
    return "slug" in found.kwargs and found.url_name not in {"topic", "topic-feed", "person"}
