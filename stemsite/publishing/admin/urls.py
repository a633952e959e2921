"""Addresses of the staff screens that every kind of page shares; the staff site includes them under ``admin:``."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from . import reports, views


def urls(site: AdminSite) -> list[URLPattern]:
    return [
        path("reports/", site.admin_view(reports.report_list), name="publishing_reports"),
        path("pages/<int:pk>/", site.admin_view(views.page), name="publishing_page"),
        path("versions/<int:older>/<int:newer>/", site.admin_view(views.diff), name="publishing_diff"),
    ]
