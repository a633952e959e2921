"""Addresses of the staff screens that every kind of page shares; the staff site includes them under ``admin:``."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from . import clearing, history, reports, sharing, versions, views


def urls(site: AdminSite) -> list[URLPattern]:
    return [
        path("reports/", site.admin_view(reports.report_list), name="publishing_reports"),
        path("pages/<int:pk>/", site.admin_view(views.page), name="publishing_page"),
        path("pages/<int:pk>/history/", site.admin_view(history.history), name="publishing_history"),
        path("pages/<int:pk>/compare/", site.admin_view(history.compare), name="publishing_compare"),
        path("pages/<int:pk>/discard/", site.admin_view(versions.discard), name="publishing_discard"),
        path("pages/<int:pk>/wordings/", site.admin_view(versions.todays_wordings), name="publishing_wordings"),
        path(
            "pages/<int:pk>/findings/<slug:fingerprint>/", site.admin_view(clearing.finding), name="publishing_finding"
        ),
        path("overrides/<int:pk>/revoke/", site.admin_view(clearing.revoke), name="publishing_revoke"),
        path("pages/<int:pk>/share/", site.admin_view(sharing.share), name="publishing_share"),
        path("pages/<int:pk>/unshare/", site.admin_view(sharing.unshare), name="publishing_unshare"),
        path("pages/<int:pk>/<slug:slug>/", site.admin_view(views.step), name="publishing_step"),
        path("versions/<int:pk>/", site.admin_view(versions.preview), name="publishing_version"),
        path("versions/<int:pk>/revert/", site.admin_view(versions.revert), name="publishing_revert"),
        path("versions/<int:older>/<int:newer>/", site.admin_view(versions.diff), name="publishing_diff"),
    ]
