"""The lists as the staff site knows them; Django's own forms for these models are not offered at all."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path

from leads.models import Contact, Enquiry, PacketRequest, SignUp, SpamPattern, Subscription
from stemsite.access import Action
from stemsite.audit.admin import Audited
from stemsite.guarded import Guarded

from . import bulk, dashboard, importing, joining, listing, notices, person, privacy, quarantine, searching


class LeadAdmin(Guarded, admin.ModelAdmin):
    """A list of our own under the model's address. Nothing is added, changed or deleted by a form of Django's."""

    view_right = Action.SEE_LEADS

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return listing.table(request, self.opts.model_name)

    def get_urls(self) -> Any:
        slug = self.opts.model_name
        return [
            *self.screens(),
            path("", self._wrapped(self.changelist_view), name=f"leads_{slug}_changelist"),
            path("search/", self._wrapped(searching.search), {"slug": slug}, name=f"leads_{slug}_search"),
            path("bulk/", self._wrapped(bulk.bulk), {"slug": slug}, name=f"leads_{slug}_bulk"),
        ]

    def screens(self) -> list[Any]:
        return []

    def _wrapped(self, view: Any) -> Any:
        return self.admin_site.admin_view(view)


@admin.register(Contact)
class ContactAdmin(LeadAdmin):
    def screens(self) -> list[Any]:
        wrap = self._wrapped
        return [
            path("quarantine/", wrap(quarantine.quarantine), name="leads_quarantine"),
            path("quarantine/<str:reference>/release/", wrap(quarantine.let_go), name="leads_release"),
            path("figures/", wrap(dashboard.figures), name="leads_figures"),
            path("quality/", wrap(dashboard.quality), name="leads_quality"),
            path("notices/", wrap(notices.notices), name="leads_notices"),
            path("import/", wrap(importing.import_people), name="leads_import"),
            path("rights/", wrap(privacy.rights), name="leads_rights"),
            path("searches/<str:key>/forget/", wrap(searching.forget), name="leads_forget_search"),
            path("still-here/", wrap(listing.still_here), name="leads_still_here"),
            path("<int:pk>/change/", wrap(person.person), name="leads_contact_change"),
            path("<int:pk>/export/", wrap(privacy.export), name="leads_export_person"),
            path("<int:pk>/proof/", wrap(privacy.proof), name="leads_proof"),
            path("<int:pk>/erase/", wrap(privacy.erase), name="leads_erase_person"),
            path("<int:pk>/join/", wrap(joining.join), name="leads_join_person"),
            path("<int:pk>/joined/<int:joining>/undo/", wrap(joining.take_apart), name="leads_take_apart"),
            path("<int:pk>/hold/", wrap(privacy.hold), name="leads_hold_person"),
            path("<int:pk>/<slug:slug>/", wrap(person.act_on_person), name="leads_act_on_person"),
        ]


@admin.register(Enquiry)
class EnquiryAdmin(LeadAdmin):
    def screens(self) -> list[Any]:
        act = self._wrapped(person.act_on_enquiry)
        return [path("<int:pk>/<slug:slug>/", act, name="leads_act_on_enquiry")]


@admin.register(PacketRequest)
class PacketRequestAdmin(LeadAdmin):
    pass


@admin.register(SignUp)
class SignUpAdmin(LeadAdmin):
    pass


@admin.register(Subscription)
class SubscriptionAdmin(LeadAdmin):
    pass


@admin.register(SpamPattern)
class SpamPatternAdmin(Audited, Guarded, admin.ModelAdmin):
    """Pieces of text that staff met in spam; what they are worth is added to a request's score (LEAD-25)."""

    view_right = add_right = change_right = delete_right = Action.SEE_LEADS
    list_display = ("text", "score", "is_active")
    ordering = ("text",)
    show_facets = admin.ShowFacets.NEVER
