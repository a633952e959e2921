"""Addresses of the study library's own staff screens; the staff site includes them under ``admin:``."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from . import checking
from .citations import citations


def urls(site: AdminSite) -> list[URLPattern]:
    reference = "studies/references/<int:pk>/check/"
    return [
        path("citations/", site.admin_view(citations), name="citations"),
        path(reference, site.admin_view(checking.check_screen), name="studies_reference_check"),
        path(f"{reference}<slug:slug>/", site.admin_view(checking.act), name="studies_reference_act"),
    ]
