"""The information packets: what they are made from, their own words, and whether they are behind."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin import site
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from leads.models import Packet
from leads.packets import filing
from leads.packets.moved import moved, moved_of, outdated_ids
from stemsite.publishing.admin.finding_pages import version_for
from stemsite.publishing.admin.page import PageAdmin


class OutdatedFilter(admin.SimpleListFilter):
    title = "sources"
    parameter_name = "sources"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("moved", "have moved on"), ("same", "are what was reviewed")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Packet]) -> QuerySet[Packet]:
        if self.value() == "moved":
            return queryset.filter(pk__in=outdated_ids())
        if self.value() == "same":
            return queryset.exclude(live_version=None).exclude(pk__in=outdated_ids())
        return queryset


@admin.register(Packet)
class PacketAdmin(PageAdmin):
    list_display = ("title", "guide", *PageAdmin.list_display[1:], "sources")
    list_filter = (*PageAdmin.list_filter, OutdatedFilter)
    list_select_related = ("keeper", "guide", "live_version")
    autocomplete_fields = ("guide", "studies", "services")
    readonly_fields = ("what_moved", "booklet")
    fieldsets = (
        (None, {"fields": ("title", "slug", "summary", "what_moved", "booklet")}),
        ("Made from", {"fields": ("guide", "studies", "services")}),
        ("Words of its own", {"fields": ("letter", "unknowns", "process", "options", "questions")}),
        ("People", {"fields": ("reviewer", "keeper", "deputy")}),
    )

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [path("<int:version>/booklet/", wrap(booklet), name="leads_packet_booklet"), *super().get_urls()]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list with what moved since, asked once for all rows."""
        shown = super().get_changelist_instance(request)
        found = moved_of(shown.result_list)
        for packet in shown.result_list:
            packet.moved = found.get(packet.pk, ())
        return shown

    @admin.display(description="Sources")
    def sources(self, packet: Packet) -> str | SafeString:
        """Whether the packet that is sent today is behind its sources (LEAD-86)."""
        if packet.live_version is None:
            return "–"
        lines = packet.moved
        return format_html('<strong class="overdue">outdated: {}</strong>', len(lines)) if lines else "as reviewed"

    @admin.display(description="Since it was reviewed")
    def what_moved(self, packet: Packet) -> str | SafeString:
        if packet.live_version is None:
            return "Not published yet."
        lines = [(line.url, line.title, line.why) for line in moved(packet)]
        if not lines:
            return "Guide, studies and papers are what was reviewed."
        listed = format_html_join("", '<li><a href="{}">{}</a>: {}</li>', lines)
        return format_html(
            '<ul>{}</ul><p class="help">Saving the packet takes what is live now; then have it signed.</p>', listed
        )

    @admin.display(description="On paper")
    def booklet(self, packet: Packet) -> str | SafeString:
        """A button, because what it does is order a piece of work."""
        if packet.latest_version_id is None:
            return "Save the packet first."
        url = reverse("admin:leads_packet_booklet", args=[packet.latest_version_id])
        words = f"See version {packet.latest_version.number} as a booklet"
        return format_html('<button formaction="{}" formtarget="_blank" formnovalidate>{}</button>', url, words)


@require_POST
def booklet(request: HttpRequest, version: int) -> HttpResponse:
    """A stored version as its reader would print it, with a sample name; made by the worker."""
    page, found = version_for(request, version)
    if not isinstance(page, Packet):
        raise Http404
    try:
        made = filing.ordered_preview(found)
    except filing.CannotBeMade:
        return _said(request, "The booklet cannot be made; the site's log says why.", 503)
    if made is None:
        return _said(request, "The booklet is being made. Load this page again in a few seconds.", 202)
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="information-packet.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def _said(request: HttpRequest, words: str, status: int) -> HttpResponse:
    context = {**site.each_context(request), "title": words}
    return render(request, "admin/base_site.html", context, status=status)
