"""Addresses of the study library's own staff screens; the staff site includes them under ``admin:``."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from . import board, checking, imports, proposing
from .citations import citations


def urls(site: AdminSite) -> list[URLPattern]:
    reference, batch = "studies/references/<int:pk>/check/", "studies/imports/<int:pk>/"
    return [
        path("citations/", site.admin_view(citations), name="citations"),
        path("studies/board/", site.admin_view(board.board_screen), name="studies_board"),
        path("studies/events/<int:pk>/seen/", site.admin_view(board.seen), name="studies_event_seen"),
        path("studies/trials/<int:pk>/seen/", site.admin_view(board.change_seen), name="studies_trial_seen"),
        path(reference, site.admin_view(checking.check_screen), name="studies_reference_check"),
        path("studies/references/<int:pk>/propose/", site.admin_view(proposing.propose), name="studies_propose"),
        path("studies/study/<int:pk>/proposed/", site.admin_view(proposing.proposed), name="studies_study_proposed"),
        path(f"{reference}<slug:slug>/", site.admin_view(checking.act), name="studies_reference_act"),
        path(f"{batch}failed.txt", site.admin_view(imports.failed_rows), name="studies_import_failed"),
        path(f"{batch}<slug:slug>/", site.admin_view(imports.act), name="studies_import_act"),
    ]
