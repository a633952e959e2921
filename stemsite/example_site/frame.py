"""What stands around the sample pages: the clinic, its notices, menu and footer."""

from __future__ import annotations

from articles.models import FooterLink, MenuItem
from stemsite.clinic.models import Clinic, Wording

CLINIC = {
    "name": "Sample Harbor Clinic",
    "legal_name": "Sample Harbor Clinic, an invented example",
    "statement": "A clinic that shows its sources: plain guides to research on cells and disease, signed by a doctor.",
    "address": "100 Example Street, Suite 5\nSampletown, OH 43004",
    "phone": "+1 614 555 0142",
    "email": "hello@example.org",
    "hours": "Monday to Friday: 9 am to 5 pm\nSaturday and Sunday: closed",
    "directions": (
        "We are on the ground floor, to the left of the main door. There is no step. "
        "The nearest parking is behind the building, with two wide spaces by the ramp."
    ),
}
UNTOUCHED = {"name": "Our clinic", "legal_name": "", "statement": "", "address": "", "phone": "", "email": ""}

STATUS = (
    "Stem cell products have not been approved to treat {condition}. We do not know if they help, and they can cause "
    "harm, such as infection or tumors. Talk with your {specialist} before you decide. This page is for learning only. "
    "It does not offer this treatment."
)
STATUS_OFFER = (
    "Stem cell products have not been approved to treat {condition}. We do not know if they help, and they can cause "
    "harm, such as infection or tumors. Talk with your {specialist} before you decide."
)
STATUS_FULL = (
    "Stem cell products are made from living cells. No stem cell product has been approved to treat {condition}. "
    "There is no proof that they help. Known harms include infection, blindness, blood clots, pain, and tumors. Nobody "
    "knows the effects over many years. Insurance usually does not pay. Other care is available, and some of it is "
    "approved. Ask your own {specialist}. If you are asked to join a study, ask for its registry number, who watches "
    "over it, and who pays. If you are harmed, tell your doctor, and report it to the FDA at www.fda.gov/medwatch."
)
DISCLAIMER = (
    "What you read here does not give medical advice, and it cannot know your case. Do not start, change, or stop any "
    "treatment because of what you read here. Ask your doctor first. In an emergency, call 911 or your local number."
)

WORDINGS: dict[str, tuple[str, str]] = {
    Wording.Kind.STATUS: ("Not approved by the FDA.", STATUS),
    Wording.Kind.STATUS_FULL: ("Not approved by the FDA.", STATUS_FULL),
    Wording.Kind.STATUS_OFFER: ("Not approved by the FDA.", STATUS_OFFER),
    Wording.Kind.STATUTE_AFTER: ("", "State law allows this. It does not mean the FDA approved it."),
    Wording.Kind.DISCLAIMER: ("For learning only.", DISCLAIMER),
    Wording.Kind.SUPPORT: ("", "This page supports the care you get from your own doctors. It does not replace it."),
    Wording.Kind.CONFLICT_NO: ("", "This clinic does not offer the treatment described here."),
    Wording.Kind.CONFLICT_YES: (
        "",
        "This clinic sells the treatment this page is about. It earns money when people choose it.",
    ),
}

Links = tuple[tuple[str, str], ...]

MENU: Links = (
    ("Conditions", "/conditions/"),
    ("Studies", "/studies/"),
    ("Articles", "/blog/"),
    ("Consultation", "/consultation-steps/"),
    ("Contact", "/contact/"),
)
FOOTER: Links = (
    ("Glossary", "/glossary/"),
    ("Editorial policy", "/editorial-policy/"),
    ("How we rate evidence", "/how-we-rate-evidence/"),
    ("Corrections", "/corrections/"),
    ("Privacy", "/privacy/"),
    ("Health data policy", "/health-data-policy/"),
)


def load_frame() -> None:
    """Each part is made only where the clinic has not made its own."""
    _load_clinic()
    for kind, (lead, text) in WORDINGS.items():
        if not Wording.objects.filter(kind=kind, jurisdiction="US").exists():
            Wording.objects.create(kind=kind, lead=lead, text=text, is_sample=True)
    _load_links(MenuItem, MENU)
    _load_links(FooterLink, FOOTER)


def _load_links[Row: (MenuItem, FooterLink)](model: type[Row], links: Links) -> None:
    if not model._default_manager.exists():
        model._default_manager.bulk_create(
            model(label=label, path=path, ordering=number * 10, is_sample=True)
            for number, (label, path) in enumerate(links, start=1)
        )


def _load_clinic() -> None:
    clinic = Clinic.current()
    if all(getattr(clinic, name) == value for name, value in UNTOUCHED.items()):
        for name, value in CLINIC.items():
            setattr(clinic, name, value)
        clinic.is_sample = True
        clinic.full_clean()
        clinic.save()


def clinic_is_still_ours(clinic: Clinic) -> bool:
    """Whether nobody has put real facts into the sample clinic."""
    return clinic.is_sample and all(getattr(clinic, name) == value for name, value in CLINIC.items())
