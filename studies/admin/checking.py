"""The screen of one reference and its record, side by side, with what can be done about each difference (EVD-81)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from stemsite.access import Action, can
from stemsite.publishing import workflow
from stemsite.publishing.families import specific
from stemsite.publishing.gate import Refused, Stale
from stemsite.publishing.models import Use
from stemsite.publishing.reports import page_url

from .. import settling
from ..checking import last_try, latest
from ..covering import put_with, study_named
from ..drift import drift
from ..identifiers import find, normalise
from ..importing.values import agrees, values_of
from ..keeping import said
from ..merging import merge, twins
from ..models import Acceptance, Check, Correction, Reference, SourceRecord
from ..proposals import why_not
from ..tasks import check_reference
from .fields import in_words

SHOWN = 200
FIELDS = {
    "author": "Authors", "title": "Title", "journal": "Journal", "year": "Year", "volume": "Volume", "issue": "Issue",
    "pages": "Pages", "doi": "DOI", "pmid": "PMID", "pmcid": "PMCID", "nct": "Registry number",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One field on both sides, and how the two stand to each other in words."""

    field: str
    label: str
    ours: str
    theirs: str
    state: str
    tone: str = "quiet"
    accepted: Acceptance | None = None

    @property
    def may_be_taken(self) -> bool:
        return self.tone == "differs" or bool(self.theirs and not self.ours)


@require_safe
def check_screen(request: HttpRequest, pk: int) -> HttpResponse:
    if not can(request.user, Action.SEE_LIBRARY):
        raise PermissionDenied
    return _screen(request, get_object_or_404(Reference, pk=pk))


@require_POST
def act(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """One press, one change; a refusal shows the screen as it is, a stale one with both values (EVD-81)."""
    verb = VERBS.get(slug)
    if verb is None:
        raise Http404
    reference = get_object_or_404(Reference, pk=pk)
    if not verb.allowed(request.user, reference):
        raise PermissionDenied
    try:
        done = verb.run(request, reference)
    except Stale as stale:
        return _screen(request, get_object_or_404(Reference, pk=pk), told=str(stale), status=409)
    except Refused as refused:
        return _screen(request, get_object_or_404(Reference, pk=pk), told=str(refused), status=422)
    messages.success(request, done)
    return HttpResponseRedirect(reverse("admin:studies_reference_check", args=[pk]), status=303)


def _screen(request: HttpRequest, reference: Reference, *, told: str = "", status: int = 200) -> HttpResponse:
    check = latest(reference)
    tried = last_try(reference)
    corrections = Correction.objects.filter(reference=reference).select_related("made_by", "undone_by")
    known = SourceRecord.objects.filter(pk__in=check.runners_up if check else []).defer("raw")
    context = {
        **site.each_context(request),
        "title": f"Check: {reference.short}",
        "reference": reference,
        "check": check,
        "tried": tried if tried != check else None,
        "rows": list(_rows(reference, check)),
        "no_record": _no_record(check),
        "runners_up": list(known),
        "corrections": list(corrections.order_by("-pk")[:20]),
        "checks": list(
            Check.objects.filter(reference=reference).select_related("checked_by", "record").order_by("-pk")[:SHOWN]
        ),
        "number_of_checks": Check.objects.filter(reference=reference).count(),
        "pages": [
            (page, page_url(page.pk), can(request.user, Action.EDIT, specific(page))) for page in _pages(reference)
        ],
        "drift": list(drift(Use.Kind.REFERENCE, [reference.pk])),
        "may_correct": _may_correct(request.user, reference),
        "may_accept": can(request.user, Action.VERIFY_SOURCES),
        "may_propose": can(request.user, Action.CREATE),
        "no_proposal": why_not(reference),
        "may_merge": can(request.user, Action.EDIT_LIBRARY, reference) and not reference.is_retired,
        "twins": twins(reference),
        "told": told,
        "typed": request.POST if status != 200 else {},
    }
    return render(request, "admin/studies/reference_check.html", context, status=status)


def _pages(reference: Reference) -> list[Any]:
    return settling.citing_pages(reference)


def _no_record(check: Check | None) -> settling.Difference | None:
    if check is None or check.verdict != Reference.Verdict.NOT_FOUND:
        return None
    return settling.differences(check)[0]


def _rows(reference: Reference, check: Check | None) -> Any:
    """Every field that either side states; what the check named comes with its own words."""
    if check is None:
        return
    found = {one.field: one for one in settling.differences(check)}
    record = said(check.record) if check.record else None
    theirs = values_of(record) if record else {}
    for field, label in FIELDS.items():
        column = settling.COLUMNS[field][0]
        ours, value = getattr(reference, column), theirs.get(column)
        if field == "pages" and not ours:
            ours = reference.article_number
        if field == "pages" and not value:
            value = theirs.get("article_number")
        one = found.get(field)
        words = {"ours": in_words(ours), "theirs": in_words(value) or (one.record if one else "")}
        if one is not None:
            state = "accepted" if one.accepted else "differs"
            yield Row(field=field, label=label, **words, state=state, tone=state, accepted=one.accepted)
        elif words["ours"] and words["theirs"] and record is not None:
            same = agrees(column, ours, value, record)
            yield Row(field=field, label=label, **words, state="agrees" if same else "written otherwise")
        elif words["ours"] or words["theirs"]:
            state = "only we state it" if words["ours"] else "only the record states it"
            yield Row(field=field, label=label, **words, state=state)


def _may_correct(user: Any, reference: Reference) -> bool:
    return can(user, Action.EDIT_LIBRARY, reference) or can(user, Action.VERIFY_SOURCES)


def _may_accept(user: Any, reference: Reference) -> bool:
    return can(user, Action.VERIFY_SOURCES)


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 17 else 0


def _correct(request: HttpRequest, reference: Reference) -> str:
    fields = [field for field in request.POST.getlist("field") if field in settling.COLUMNS]
    check = settling.correct(reference, fields, check_id=_number(request, "check"), by=request.user)
    names = ", ".join(FIELDS[field].lower() for field in fields)
    return f"Taken from the record: {names}. Checked again: {check.get_verdict_display()}."


def _accept(request: HttpRequest, reference: Reference) -> str:
    accepted = settling.accept(
        reference,
        request.POST.get("field", ""),
        check_id=_number(request, "check"),
        reason=request.POST.get("reason", "").replace("\x00", "")[:2000],
        by=request.user,
    )
    return f"Kept as it is, until {accepted.expires_on:%B %-d, %Y}."


def _withdraw(request: HttpRequest, reference: Reference) -> str:
    acceptance = get_object_or_404(Acceptance, pk=_number(request, "acceptance"), reference=reference)
    settling.withdraw(acceptance, by=request.user)
    return "The difference is open again."


def _undo(request: HttpRequest, reference: Reference) -> str:
    correction = get_object_or_404(Correction, pk=_number(request, "correction"), reference=reference)
    check = settling.undo(correction, by=request.user)
    return f"Undone. Checked again: {check.get_verdict_display()}."


def _choose(request: HttpRequest, reference: Reference) -> str:
    """One of the runners-up, or an identifier typed in: from what is kept, without asking anybody."""
    row = SourceRecord.objects.filter(pk=_number(request, "record")).first() or _named(
        request.POST.get("identifier", "")
    )
    if row is None:
        raise Refused("No record of this name is kept here. Import it by its identifier first, then choose it.")
    check = settling.choose(reference, row, by=request.user)
    return f"Held against “{row.title}”: {check.get_verdict_display()}."


def _named(typed: str) -> SourceRecord | None:
    """The newest kept record under an identifier."""
    words = typed.replace("\x00", "").strip()[:400]
    pmid = normalise("pmid", words) if words.isascii() and words.isdigit() else None
    names = [f"pmid:{pmid}"] if pmid else [f"{one.kind}:{one.value}" for one in find(words)]
    kept = SourceRecord.objects.filter(external_id__in=names).order_by("-pk").first()
    return kept or (SourceRecord.objects.filter(content__pmid=pmid).order_by("-pk").first() if pmid else None)


def _news(request: HttpRequest, reference: Reference) -> str:
    settling.call_it_news(reference, by=request.user)
    return "Stored as a news item. Put it with the study it tells of; the paper it reports is that study's record."


def _cover(request: HttpRequest, reference: Reference) -> str:
    study = study_named(request.POST.get("study", ""))
    put_with(reference, study, by=request.user)
    return f"It stands with “{study.title}” as coverage. Readers see it when the study is published anew."


def _again(request: HttpRequest, reference: Reference) -> str:
    check_reference.enqueue(reference.pk, request.user.pk, again=True)
    return "The registries are being asked. Look again in a minute."


def _versions(request: HttpRequest, reference: Reference) -> str:
    """The corrected words into the drafts that cite them: a new version each, which has to be signed (PUB-13)."""
    pages = [page for page in map(specific, _pages(reference)) if can(request.user, Action.EDIT, page)]
    if not pages:
        raise Refused("There is no page here that you may edit.")
    for page in pages:
        workflow.saved(page, by=request.user, note=f"Reference corrected: {reference.short}"[:200])
    return f"{len(pages)} {'draft has' if len(pages) == 1 else 'drafts have'} the reference as it reads now."


def _may_merge(user: Any, reference: Reference) -> bool:
    return can(user, Action.EDIT_LIBRARY, reference)


def _merge(request: HttpRequest, reference: Reference) -> str:
    """Into a twin, or into the source that has the identifier typed in."""
    into = Reference.objects.citable().filter(pk=_number(request, "into")).first() or _source_named(
        request.POST.get("identifier", "")
    )
    if into is None:
        raise Refused("No source in the library has this identifier.")
    pages = merge(reference, into=into, by=request.user)
    drafts = f" {len(pages)} {'draft cites' if len(pages) == 1 else 'drafts cite'} it now." if pages else ""
    return f"Merged into {into.short}.{drafts}"


def _source_named(typed: str) -> Reference | None:
    words = typed.replace("\x00", "").strip()[:400]
    pmid = normalise("pmid", words) if words.isascii() and words.isdigit() else None
    named = {"pmid": pmid} if pmid else {one.kind: one.value for one in find(words)}
    columns = {"doi": "doi", "pmid": "pmid", "pmcid": "pmcid", "trial": "registry_id"}
    sources = Reference.objects.citable()
    found = (sources.filter(**{columns[kind]: value}).first() for kind, value in named.items() if kind in columns)
    return next((one for one in found if one is not None), None)


@dataclass(frozen=True, slots=True)
class Verb:
    allowed: Callable[[Any, Reference], bool]
    run: Callable[[HttpRequest, Reference], str]


VERBS = {
    "correct": Verb(_may_correct, _correct),
    "undo": Verb(_may_correct, _undo),
    "choose": Verb(_may_correct, _choose),
    "news": Verb(_may_correct, _news),
    "cover": Verb(lambda user, reference: can(user, Action.SEE_LIBRARY), _cover),
    "merge": Verb(_may_merge, _merge),
    "again": Verb(_may_correct, _again),
    "versions": Verb(lambda user, reference: can(user, Action.SEE_LIBRARY), _versions),
    "accept": Verb(_may_accept, _accept),
    "withdraw": Verb(_may_accept, _withdraw),
}
