"""The first steps: what is missing of each, in plain words, found out by looking and never by ticking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.management import get_commands
from django.urls import reverse

from stemsite.audit.models import AuditEvent
from stemsite.clinic.models import Clinic, Person
from stemsite.publishing.models import Page

LETTER_ARRIVED = "test letter arrived"
DOMAIN_CHECKED = "mail domain checked"
SHEET_MADE = "recovery sheet made"
BACKED_UP = "backup made"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """``missing`` is empty once the step is done."""

    slug: str
    title: str
    missing: str
    url: str = ""
    link: str = ""
    press: str = ""
    """The button that sets something going, where there is one."""

    @property
    def is_done(self) -> bool:
        return not self.missing


def steps() -> tuple[Step, ...]:
    return tuple(step for make in _STEPS if (step := make()) is not None)


def all_done() -> bool:
    return all(step.is_done for step in steps())


def _facts() -> Step:
    clinic = Clinic.current()
    wanted = {
        "its name": clinic.name if clinic.name != "Our clinic" else "",
        "its legal name": clinic.legal_name,
        "what it is, in one sentence": clinic.statement,
        "the postal address": clinic.address,
        "the phone number": clinic.phone,
        "the public e-mail address": clinic.email,
        "the opening hours": clinic.hours,
    }
    lacking = [words for words, value in wanted.items() if not value]
    if clinic.is_sample and not lacking:
        missing = "These are still the facts of the sample clinic. Put yours in their place."
    else:
        missing = f"Still to be written: {', '.join(lacking)}." if lacking else ""
    return Step(
        slug="facts",
        title="Say who the clinic is",
        missing=missing,
        url=reverse("admin:clinic_clinic_change", args=[1]),
        link="Clinic facts",
    )


def _samples() -> Step:
    pages = Page.objects.filter(is_sample=True).count()
    missing = (
        f"{pages} sample page{'s are' if pages != 1 else ' is'} still here, marked as samples. Once you have looked at "
        "them, whoever runs the machine takes them away: manage.py demo --remove. What you wrote yourself stays."
    )
    return Step(
        slug="samples",
        title="Replace the samples",
        missing=missing if pages else "",
        url=reverse("admin:publishing_page_changelist"),
        link="All pages",
    )


def _public_address() -> Step:
    missing = (
        "This is a trial on your own machine; nobody else can reach it. Whoever runs the machine sets SITE_URL to the "
        "public address, such as https://clinic.example; then every member of staff needs a second factor."
    )
    return Step(slug="address", title="Give the site its public address", missing=missing if settings.IS_TRIAL else "")


def _mail() -> Step:
    if not settings.MAIL_URL:
        missing = (
            "Letters are written to files and reach nobody. Whoever runs the machine sets MAIL_URL to your mail server."
        )
        return Step(slug="mail", title="Send a letter and see it arrive", missing=missing)
    arrived = AuditEvent.objects.filter(verb=LETTER_ARRIVED).exists()
    return Step(
        slug="mail",
        title="Send a letter and see it arrive",
        missing="" if arrived else "Send yourself a test letter and open the link in it.",
        press="" if arrived else "Send me a test letter",
    )


def _domain() -> Step | None:
    if not settings.MAIL_URL:
        return None
    last = AuditEvent.objects.filter(verb=DOMAIN_CHECKED).order_by("-number").first()
    if last is None:
        missing = "Nobody has looked yet whether other mail servers believe that your letters come from you."
    elif last.detail.get("bad"):
        missing = f"Other mail servers may refuse your letters. {last.note} Mend this where your domain is kept."
    else:
        missing = ""
    return Step(
        slug="domain",
        title="Let your domain vouch for your letters",
        missing=missing,
        press="Look at it now" if missing else "",
    )


def _clinician() -> Step:
    at_work = Person.objects.filter(is_reviewer=True, user__is_active=True, user__is_sample=False, is_former=False)
    valid = [person for person in at_work if person.credential_is_valid()]
    missing = (
        "No medical reviewer has an account yet. Invite the clinician with the preset Clinician, and write their "
        "credentials under People; without a signature nothing medical goes live."
    )
    return Step(
        slug="clinician",
        title="Invite the clinician",
        missing="" if valid else missing,
        url=reverse("admin:accounts_invitation_add"),
        link="Invite somebody",
    )


def _backup() -> Step | None:
    """Once there are commands for it; the sheet is printed, so that it was made is all that can be seen."""
    if not {"backup", "recovery_sheet"} <= set(get_commands()):
        return None
    done = AuditEvent.objects.filter(verb__in=(SHEET_MADE, BACKED_UP)).values_list("verb", flat=True).distinct()
    missing = (
        "There is no backup yet that somebody else could open. Whoever runs the machine makes one: manage.py "
        "recovery_sheet, then manage.py backup. Keep the printed sheet away from the machine."
    )
    return Step(slug="backup", title="Make a backup that can be opened", missing="" if len(done) == 2 else missing)


_STEPS: tuple[Callable[[], Step | None], ...] = (
    _facts,
    _clinician,
    _samples,
    _public_address,
    _mail,
    _domain,
    _backup,
)
