"""Addresses of the staff screens that every kind of page shares; the staff site includes them under ``admin:``."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from . import (
    as_of,
    changed,
    clearing,
    comments,
    elsewhere,
    fact_checks,
    here,
    history,
    links,
    missing,
    notices,
    purging,
    redirect_import,
    reports,
    sharing,
    signing,
    versions,
    views,
)


def urls(site: AdminSite) -> list[URLPattern]:
    return [
        path("reports/", site.admin_view(reports.report_list), name="publishing_reports"),
        path("changed/", site.admin_view(changed.changed_studies), name="publishing_changed"),
        path("changed/<int:pk>/<int:version>/", site.admin_view(changed.still_right), name="publishing_still_right"),
        path("links/", site.admin_view(links.report), name="publishing_links"),
        path("links/<int:pk>/ignore/", site.admin_view(links.ignore), name="publishing_link_ignore"),
        path(
            "publishing/redirect/import/",
            site.admin_view(redirect_import.redirect_import),
            name="publishing_redirect_import",
        ),
        path("publishing/redirect/missing/", site.admin_view(missing.missing), name="publishing_missing"),
        path("notices/", site.admin_view(notices.notice_list), name="publishing_notices"),
        path("notices/read/", site.admin_view(notices.read), name="publishing_notices_read"),
        path("notices/choices/", site.admin_view(notices.choices), name="publishing_notice_choices"),
        path("pages/<int:pk>/", site.admin_view(views.page), name="publishing_page"),
        path("pages/<int:pk>/history/", site.admin_view(history.history), name="publishing_history"),
        path("pages/<int:pk>/compare/", site.admin_view(history.compare), name="publishing_compare"),
        path("pages/<int:pk>/discard/", site.admin_view(versions.discard), name="publishing_discard"),
        path("pages/<int:pk>/wordings/", site.admin_view(versions.todays_wordings), name="publishing_wordings"),
        path(
            "pages/<int:pk>/findings/<slug:fingerprint>/", site.admin_view(clearing.finding), name="publishing_finding"
        ),
        path("overrides/<int:pk>/revoke/", site.admin_view(clearing.revoke), name="publishing_revoke"),
        path("pages/<int:pk>/duplicate/", site.admin_view(versions.duplicate), name="publishing_duplicate"),
        path("pages/<int:pk>/share/", site.admin_view(sharing.share), name="publishing_share"),
        path("pages/<int:pk>/unshare/", site.admin_view(sharing.unshare), name="publishing_unshare"),
        path("pages/<int:pk>/on/", site.admin_view(as_of.on_day), name="publishing_on_day"),
        path("pages/<int:pk>/on/page/", site.admin_view(as_of.page_of_day), name="publishing_page_of_day"),
        path("pages/<int:pk>/here/", site.admin_view(here.here), name="publishing_here"),
        path("pages/<int:pk>/purge/", site.admin_view(purging.purge), name="publishing_purge"),
        path("pages/<int:pk>/found/", site.admin_view(elsewhere.found_by_readers), name="publishing_found"),
        path("pages/<int:pk>/found/picture/", site.admin_view(elsewhere.picture), name="publishing_picture_of_link"),
        path("pages/<int:pk>/comments/", site.admin_view(comments.comment_list), name="publishing_comments"),
        path("pages/<int:pk>/fact-checks/", site.admin_view(fact_checks.fact_checks), name="publishing_fact_checks"),
        path("comments/<int:pk>/<slug:verb>/", site.admin_view(comments.act), name="publishing_comment"),
        path("pages/<int:pk>/<slug:slug>/", site.admin_view(views.step), name="publishing_step"),
        path("sign/", site.admin_view(signing.sign_many), name="publishing_sign"),
        path("versions/<int:pk>/", site.admin_view(versions.preview), name="publishing_version"),
        path("versions/<int:pk>/revert/", site.admin_view(versions.revert), name="publishing_revert"),
        path("versions/<int:older>/<int:newer>/", site.admin_view(versions.diff), name="publishing_diff"),
    ]
