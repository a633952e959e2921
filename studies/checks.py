"""What must be true of a study before it goes live (EV-02, EV-04 to EV-06, EV-08, EVD-31)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from django.contrib.auth import get_user_model
from django.urls import reverse

from stemsite.access import Role, roles_of
from stemsite.publishing.gate import Finding
from stemsite.publishing.models import Page
from stemsite.publishing.wordings import missing_notices, statute_findings

from .citing_retracted import cites_as_retracted
from .content import StudyContent
from .evidence import is_raised
from .freezing import cited_ids, statutes, study_notice_kinds
from .models import IntegrityEvent, Reference, StudyFact
from .proposals import label_of, unconfirmed
from .settling import unsettled
from .trial_watch import statuses


def study_findings(page: Page, found: object) -> Iterator[Finding]:
    if not isinstance(found, StudyContent):
        return
    yield from _proposed(page, found)
    yield from _completeness(found)
    yield from _facts(found)
    yield from _not_known(found)
    yield from _papers(found)
    yield from _judged(found)
    yield from _year(found)
    yield from _source(found)
    yield from _registrations(found)
    yield from _citations(found)


def _block(message: str, field: str, rule: str = "") -> Finding:
    return Finding(severity="block", message=message, field=field, rule=rule)


def _proposed(page: Page, found: StudyContent) -> Iterator[Finding]:
    """What a record proposed is nobody's word yet (EVD-18)."""
    if page.pk and (waiting := unconfirmed(page.pk, found)):
        names = ", ".join(label_of(row.place) for row in waiting)
        message = f"Taken from a record, and not confirmed by anybody: {names}."
        url = reverse("admin:studies_study_proposed", args=[page.pk])
        yield Finding(severity="block", message=message, rule="EVD-18", url=url)


def _completeness(found: StudyContent) -> Iterator[Finding]:
    if not found.summary:
        yield _block("The summary is missing: one sentence that answers what the study found.", "summary")
    if not found.authors:
        yield _block("Choose who wrote this summary.", "authors", "TR-01")
    if not found.design:
        yield _block("Choose how the study was done: its design decides what readers are told.", "design", "EV-06")
    if not found.conditions:
        yield _block("Choose the condition the study is about.", "conditions")
    if not found.sections:
        yield _block("Write at least what they did and what this cannot tell us.", "methods")
    wanted = study_notice_kinds(unapproved=found.is_unapproved, offered=found.offered, lawful=bool(found.laws))
    yield from missing_notices(wanted, found)
    yield from statute_findings(found, statutes(found.conditions, sold=found.is_unapproved and found.is_sold))


def _facts(found: StudyContent) -> Iterator[Finding]:
    for kind in StudyFact.Kind:
        if getattr(found, kind).known == "missing":
            yield _block(
                f"The fact “{kind.label}” is missing. If it is not known, say “not reported” or “not confirmed”.",
                "facts",
                "EV-06",
            )
    better = [group for group in found.outcome_groups if group.direction == "better"]
    worse = [group for group in found.outcome_groups if group.direction == "worse"]
    if better and not worse:
        yield _block("The people who did better are counted, those who did worse are not.", "outcome_groups", "EV-08")
    counted = sum(group.people for group in found.outcome_groups)
    if found.outcome_groups and found.outcome_of and counted > found.outcome_of:
        yield _block("The outcome groups hold more people than were judged.", "outcome_of", "EV-16")
    if found.outcome_groups and found.outcome_of and counted < found.outcome_of:
        yield Finding(
            severity="warn",
            message=f"{found.outcome_of - counted} people were judged but stand in no group. Say what they had.",
            field="outcome_groups",
            rule="EV-16",
        )


def _not_known(found: StudyContent) -> Iterator[Finding]:
    """What we have not seen is said to readers as that, and stays work (EVD-31)."""
    facts = {kind: getattr(found, kind) for kind in StudyFact.Kind}
    if open_ones := [kind.label for kind, fact in facts.items() if fact.known == "not confirmed"]:
        message = f"Not confirmed, and readers are told so: {', '.join(open_ones)}."
        yield Finding(severity="warn", message=message, field="facts", rule="EVD-31")
    if unread := [kind.label for kind, fact in facts.items() if fact.known == "not reported" and not fact.read]:
        message = f"Said to be not reported, but nobody says who read the report: {', '.join(unread)}."
        yield Finding(severity="warn", message=message, field="facts", rule="EVD-31")


def _papers(found: StudyContent) -> Iterator[Finding]:
    """A further paper is held against its record like any source; news is none, and none is named twice."""
    for paper in found.further:
        if paper.citation.kind == "news":
            yield _block(f"“{paper.citation.short}” is news, not a paper. Store it as coverage.", "papers", "EV-05")
        if found.primary and paper.reference == found.primary.reference:
            yield _block("The primary paper is listed once more among the further papers.", "papers")
    others = {paper.reference for paper in found.further} - ({found.primary.reference} if found.primary else set())
    yield from reference_findings(others, "papers", [section.html for section in found.sections])


def _judged(found: StudyContent) -> Iterator[Finding]:
    """Lower freely; raise with a reason, and only as a medical reviewer (EV-13)."""
    if not found.judged or not is_raised(found):
        return
    if not found.judged.because.strip():
        yield _block("Say why the certainty is higher than the rule gives.", "certainty_because", "EV-13")
    by = get_user_model().objects.filter(pk=found.judged.id).first()
    if by is None or Role.REVIEWER not in roles_of(by):
        message = "The certainty is higher than the rule gives. Only a medical reviewer may raise it."
        yield _block(message, "certainty_set", "EV-13")


def _year(found: StudyContent) -> Iterator[Finding]:
    if found.year is None:
        message = (
            "The year is not known. Give it with the primary paper, or with a registration: when the study started."
        )
        yield Finding(severity="warn", message=message, field="primary", rule="EVD-85")


def _source(found: StudyContent) -> Iterator[Finding]:
    if found.primary is None and not found.registrations:
        yield _block("Name the primary paper or a registration. News alone is not a study.", "primary", "EV-05")
    if found.primary is None:
        return
    source = found.primary
    if source.kind == "news":
        yield _block("A news item cannot be the primary record. Store it as coverage.", "primary", "EV-05")
    if not (source.doi or source.pmid or source.pmcid or source.registry_id or source.url):
        yield _block("The primary paper has no identifier: DOI, PMID or address.", "primary", "EV-02")
    open_retraction = IntegrityEvent.objects.filter(
        reference_id=source.reference, ended_at=None, kind=IntegrityEvent.Kind.RETRACTED
    )
    if open_retraction.exists():
        yield _block("The primary paper was retracted.", "primary", "EV-04")
    yield from _noticed({source.reference}, "primary")
    yield from record_findings({source.reference}, "primary")
    if Reference.objects.filter(pk=source.reference, is_retired=True).exists():
        yield _block("The primary paper was retired. Name the reference that replaces it.", "primary")


def _registrations(found: StudyContent) -> Iterator[Finding]:
    """A status that the registry has left behind is said, never changed by itself (EVD-55)."""
    known = statuses(row.number for row in found.registrations if row.status)
    for row in found.registrations:
        words, asked_at = known.get(row.number, (row.status, None))
        if row.status and words.casefold() != row.status.casefold():
            message = (
                f"{row.number}: the registry says now “{words}” ({asked_at:%Y-%m-%d}), the page says “{row.status}”."
            )
            yield Finding(severity="warn", message=message, field="registrations", rule="EVD-55")


def _citations(found: StudyContent) -> Iterator[Finding]:
    known = {citation.reference for citation in found.citations}
    for section in found.sections:
        for pk in cited_ids([section.html]):
            if pk not in known:
                yield _block(
                    f"A citation names reference {pk}, which does not exist. Cite again.", section.role, "EV-01"
                )
        others = {*cited_ids([section.html])} - ({found.primary.reference} if found.primary else set())
        yield from reference_findings(others, section.role, [section.html])


Home = str | Mapping[int, str]
"""Where a finding on a reference is mended: one field for all, or that of the section which cites it first."""


def _at(home: Home, reference: int) -> str:
    return home if isinstance(home, str) else home[reference]


def record_findings(cited: set[int], home: Home) -> Iterator[Finding]:
    """References that disagree with their records, news under another name, and what was never checked (EV-03, EV-05).

    What a person accepted with a reason passes; "not checked" is said, never taken for clean.
    """
    open_ones = unsettled(cited)
    for reference in Reference.objects.filter(pk__in=cited).order_by("pk"):
        url = reverse("admin:studies_reference_check", args=[reference.pk])
        if reference.pk in open_ones:
            why = "; ".join(map(str, open_ones[reference.pk])) or reference.get_verdict_display()
            message = f"“{reference.short}”: {why}. Correct it, or accept it with a reason."
            yield Finding(severity="block", message=message, field=_at(home, reference.pk), rule="EV-03", url=url)
        elif reference.verdict == Reference.Verdict.SECONDARY and reference.kind != Reference.Kind.NEWS:
            message = f"“{reference.short}” is news. Name the paper it reports, or store it as a news item."
            yield Finding(severity="block", message=message, field=_at(home, reference.pk), rule="EV-05", url=url)
        elif reference.verdict == Reference.Verdict.NOT_CHECKED and reference.kind != Reference.Kind.WEB:
            message = f"“{reference.short}” was not checked against a record."
            yield Finding(severity="warn", message=message, field=_at(home, reference.pk), rule="EV-03", url=url)


def _noticed(cited: set[int], home: Home) -> Iterator[Finding]:
    """A concern, a correction, a newer version, a preprint: publishable, with the label that readers get (EV-04)."""
    events = IntegrityEvent.objects.filter(reference_id__in=cited, ended_at=None).exclude(
        kind=IntegrityEvent.Kind.RETRACTED
    )
    told = dict.fromkeys(
        (event.reference_id, event.reference.short, event.get_kind_display())
        for event in events.select_related("reference").order_by("reference_id", "pk")
    )
    for pk, short, kind in told:
        message = f"“{short}” has a notice: {kind}. Readers see it; look whether the text still holds."
        yield Finding(severity="warn", message=message, field=_at(home, pk), rule="EV-04")
    for reference in Reference.objects.filter(pk__in=cited, kind=Reference.Kind.PREPRINT).order_by("pk"):
        message = f"“{reference.short}” is a preprint, not peer reviewed. Readers see that."
        yield Finding(severity="warn", message=message, field=_at(home, reference.pk), rule="EV-04")


def reference_findings(cited: set[int], home: Home, texts: Iterable[str] = ()) -> Iterator[Finding]:
    """Retracted sources and references that differ from their records (PUB-24, PUB-54), each where it is mended.

    ``texts`` are those that cite them: a retracted source may be cited as retracted, in the sentence itself (EV-04).
    """
    texts = list(texts)
    retracted = set(
        IntegrityEvent.objects.filter(
            reference_id__in=cited, ended_at=None, kind=IntegrityEvent.Kind.RETRACTED
        ).values_list("reference_id", flat=True)
    )
    yield from record_findings(cited, home)
    yield from _noticed(cited, home)
    for reference in Reference.objects.filter(pk__in=cited).order_by("pk"):
        if reference.pk in retracted and cites_as_retracted(texts, reference.pk):
            message = f"“{reference.short}” was retracted. The text says so."
            yield Finding(severity="warn", message=message, field=_at(home, reference.pk), rule="EV-04")
        elif reference.pk in retracted:
            message = (
                f"“{reference.short}” was retracted. Take the citation out, or say so in the sentence that cites it."
            )
            yield _block(message, _at(home, reference.pk), "EV-04")
        if reference.is_retired:
            message = f"“{reference.short}” was retired. Cite the reference that replaces it."
            yield _block(message, _at(home, reference.pk))
