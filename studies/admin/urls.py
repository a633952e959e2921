"""Addresses of the study library's own staff screens; the staff site includes them under ``admin:``."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from .citations import citations


def urls(site: AdminSite) -> list[URLPattern]:
    return [path("citations/", site.admin_view(citations), name="citations")]
