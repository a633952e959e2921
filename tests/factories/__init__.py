"""Valid objects by plain keyword functions: each runs ``full_clean`` and needs no argument."""

from .issues import make_issue, make_live_article, make_reader
from .laws import LAW_SAYS, make_law
from .leads import make_contact, make_enquiry, make_packet_request, make_sign_up
from .packets import make_full_notice, make_packet
from .pages import (
    make_article,
    make_guide,
    make_plain_page,
    make_study,
    publish,
    save_draft,
    sign_and_publish,
)
from .people import make_clinic, make_person, make_reviewer, make_user, make_wordings
from .sources import make_condition, make_intervention, make_reference
from .terms import make_term, sign_term

__all__ = [
    "LAW_SAYS",
    "make_article",
    "make_clinic",
    "make_condition",
    "make_contact",
    "make_enquiry",
    "make_full_notice",
    "make_guide",
    "make_intervention",
    "make_issue",
    "make_law",
    "make_live_article",
    "make_packet",
    "make_packet_request",
    "make_person",
    "make_plain_page",
    "make_reader",
    "make_reference",
    "make_reviewer",
    "make_sign_up",
    "make_study",
    "make_term",
    "make_user",
    "make_wordings",
    "publish",
    "save_draft",
    "sign_and_publish",
    "sign_term",
]
