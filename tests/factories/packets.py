"""A packet that could be published as it is, with its guide and studies live."""

from __future__ import annotations

from typing import Any

from leads.models import Packet
from stemsite.access import Role
from stemsite.clinic.models import Wording

from .numbers import Numbers
from .pages import make_guide, make_study, sign_and_publish
from .people import make_clinic, make_user

_numbers = Numbers()

FULL_NOTICE = (
    "Stem cell products are not approved to treat {condition}. There is no proof that they help. Known harms are "
    "infection, blindness, and tumors. Long-term effects are unknown. There are other options. "
    "Ask your own {specialist}. Report harm to your doctor and to FDA MedWatch."
)


def make_full_notice() -> None:
    """A status notice that says all that a packet's must (LEAD-94)."""
    Wording.objects.get_or_create(
        kind=Wording.Kind.STATUS_FULL,
        jurisdiction="US",
        version=2,
        defaults={"lead": "Not approved by the FDA.", "text": FULL_NOTICE},
    )


def make_packet(*, by: Any = None, guide: Any = None, studies: Any = None, **fields: Any) -> Packet:
    """A packet in draft about a live guide and one live study; not yet saved as a Version (see ``save_draft``)."""
    make_clinic()
    if guide is None:
        guide = make_guide(slug=f"als-{next(_numbers)}")
        sign_and_publish(guide)
    if studies is None:
        studies = [make_study()]
        sign_and_publish(studies[0])
    make_full_notice()
    values = {
        "title": "ALS and stem cells",
        "slug": f"als-{next(_numbers)}",
        "summary": "What is known and what is not.",
        "guide": guide,
        "letter": "<p>You asked for this packet.</p>",
        "unknowns": "<p>Ask how many people a number is about.</p>",
        "process": "<p>We talk for an hour. It costs nothing.</p>",
        "options": "<p>Look at ClinicalTrials.gov.</p>",
        "questions": "<ul><li><p>Is it approved?</p></li><li><p>Who pays?</p></li></ul>",
        "created_by": by or make_user(Role.AUTHOR),
    }
    packet = Packet(**{**values, **fields})
    packet.full_clean()
    packet.save()
    packet.studies.set(studies)
    return packet
