"""Which audit events a coordinator reads: what was done with people, by anybody (LEAD-111)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from stemsite.access import Role, roles_of

ABOUT = ("leads.contact", "leads.enquiry", "leads.packetrequest", "leads.signup", "leads.leadsearch")


def lead_events(user: Any) -> Q:
    return Q(object_type__in=ABOUT) if Role.COORDINATOR in roles_of(user) else Q(pk__in=())
