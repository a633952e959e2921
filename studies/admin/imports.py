"""Screens of the import: hand something in, look at what each record would become, apply, take back (EVD-80)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from stemsite.access import Action, can
from stemsite.tasks.worker import is_silent

from ..importing.applying import decide
from ..importing.reading import read_again
from ..importing.reporting import report
from ..importing.storing import MAX_BOX, NotTaken, store_file, store_identifiers
from ..importing.undoing import undo_batch
from ..models import ImportBatch, ImportRow, Reference
from ..sources.base import FileRefused
from ..sources.limits import MAX_BYTES
from ..tasks import apply_import, read_import
from .fields import FIELD_LABELS, in_words

PER_PAGE = 100
State, Decision, Outcome = ImportRow.State, ImportRow.Decision, ImportRow.Outcome
_TAKEN = [(Decision.NONE, "not decided"), (Decision.TAKE, "take"), (Decision.SKIP, "skip")]
CHOICES = {
    State.PROBABLE: [
        (Decision.NONE, "not decided"),
        (Decision.MERGE, "it is that source"),
        (Decision.NEW, "it is a new source"),
        (Decision.SKIP, "skip"),
    ],
    State.CONFLICT: [(Decision.NONE, "not decided"), (Decision.SKIP, "skip")],
    **dict.fromkeys((State.NEW, State.FILLS, State.UNCHANGED, State.DIFFERS, State.REPEATED), _TAKEN),
    **dict.fromkeys((State.FAILED, State.INCOMPLETE, State.NOT_FOUND, State.NOT_CHECKED), _TAKEN[::2]),
}


class NewImportForm(forms.Form):
    file = forms.FileField(
        required=False,
        allow_empty_file=True,
        help_text=(
            "PubMed XML or nbib, RIS, BibTeX, CSL-JSON, EndNote XML, or a saved answer of Crossref or "
            "ClinicalTrials.gov. At most 20 MB. What it is, is told from what it holds."
        ),
    )
    identifiers = forms.CharField(
        required=False,
        max_length=MAX_BOX,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text="One a line: DOI, PMID, PMCID or NCT number, an address, or a whole reference that holds one.",
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if bool(values.get("file")) == bool((values.get("identifiers") or "").strip()):
            raise forms.ValidationError("Choose a file, or paste identifiers: one of the two.")
        if values.get("file") and values["file"].size > MAX_BYTES:
            raise forms.ValidationError("This file is larger than 20 MB. Please divide it and import the parts.")
        return values


def new_import(request: HttpRequest) -> HttpResponse:
    """What is handed in is stored at once and read by the worker; closing the browser loses nothing (EVD-11)."""
    if not can(request.user, Action.ADD_TO_LIBRARY):
        raise PermissionDenied
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = NewImportForm(*posted, use_required_attribute=False)
    if form.is_bound and form.is_valid():
        try:
            batch, made = _store(form.cleaned_data, request.user)
        except NotTaken as refused:
            form.add_error(None, str(refused))
        else:
            words = "It is being read." if made else "This was handed in before; here is that import."
            messages.info(request, words)
            return HttpResponseRedirect(batch_url(batch.pk), status=303)
    context = {**site.each_context(request), "title": "Import", "form": form}
    return render(request, "admin/studies/import_new.html", context, status=422 if form.is_bound else 200)


def _store(values: dict[str, Any], by: Any) -> tuple[ImportBatch, bool]:
    if upload := values.get("file"):
        batch, made = store_file(upload.read(), upload.name, by=by)
    else:
        batch, made = store_identifiers(values["identifiers"], by=by)
    if made:
        read_import.enqueue(batch.pk)
    return batch, made


def batch_url(pk: int) -> str:
    return reverse("admin:studies_importbatch_change", args=[pk])


@require_safe
def batch_screen(request: HttpRequest, pk: int) -> HttpResponse:
    """The preview, and afterwards the report."""
    if not can(request.user, Action.SEE_LIBRARY):
        raise PermissionDenied
    return _screen(request, get_object_or_404(ImportBatch.objects.defer("data"), pk=pk))


def _screen(
    request: HttpRequest, batch: ImportBatch, *, told: str = "", text: str = "", status: int = 200
) -> HttpResponse:
    rows = batch.rows.select_related("reference").order_by("number")
    state = request.GET.get("state", "")
    if state in State:
        rows = rows.filter(state=state)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    counts = report(batch)
    mending = _mending(request, batch)
    context = {
        **site.each_context(request),
        "title": str(batch),
        "batch": batch,
        "report": counts,
        "tallies": [(one, counts.states[one]) for one in State if one in counts.states],
        "outcomes": sorted(counts.outcomes.items()),
        "chosen_state": state if state in State else "",
        "rows": _described(page),
        "page": page,
        "mending": mending,
        "mending_text": text or (mending.original if mending else ""),
        "may_decide": _may_decide(request.user) and not batch.is_at_work,
        "may_apply": can(request.user, Action.VERIFY_SOURCES) and not batch.is_at_work,
        "may_undo": batch.rows.filter(outcome__in=(Outcome.CREATED, Outcome.MERGED)).exists(),
        "may_ask": batch.rows.filter(state__in=(State.NOT_CHECKED, State.NOT_FOUND)).exists(),
        "worker_is_silent": batch.is_at_work and is_silent(),
        "told": told,
    }
    return render(request, "admin/studies/import_batch.html", context, status=status)


def _mending(request: HttpRequest, batch: ImportBatch) -> ImportRow | None:
    number = request.GET.get("row", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    row = batch.rows.filter(number=int(number), state__in=(State.FAILED, State.INCOMPLETE)).first()
    return row if row is not None and row.is_open else None


def _described(rows: Any) -> list[dict[str, Any]]:
    """Each row as it is printed: what was read, what it would do, both sides of what differs, and the choices."""
    rows = list(rows)
    others = Reference.objects.in_bulk({pk for row in rows for pk in row.others})
    return [
        {
            "row": row,
            "about": _about(row.record or {}),
            "fills": [(FIELD_LABELS.get(name, name), in_words(value)) for name, value in row.fills.items()],
            "differs": [
                (FIELD_LABELS.get(name, name), in_words(ours), in_words(theirs))
                for name, (ours, theirs) in row.differs.items()
            ],
            "others": [others[pk] for pk in row.others if pk in others],
            "choices": CHOICES[State(row.state)],
        }
        for row in rows
    ]


def _about(record: dict[str, Any]) -> str:
    """First author, journal, year and identifier of what was read."""
    authors = record.get("authors") or [{}]
    first = authors[0].get("literal") or authors[0].get("family") or ""
    names = f"{first} et al" if len(authors) > 1 else first
    identifier = next((f"{kind} {record[kind.lower()]}" for kind in ("DOI", "PMID") if record.get(kind.lower())), "")
    numbers = ", ".join(record.get("nct") or ()) if record.get("type") == "registration" else ""
    year = next(iter(record.get("years") or ()), "")
    return ". ".join(filter(None, (names, record.get("journal") or "", str(year), identifier or numbers)))


@require_POST
def act(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Decisions by whoever may add; applying and taking back by whoever may verify (EVD-84)."""
    verb = VERBS.get(slug)
    if verb is None:
        raise Http404
    allowed, run = verb
    batch = get_object_or_404(ImportBatch.objects.defer("data"), pk=pk)
    if not allowed(request.user):
        raise PermissionDenied
    if batch.is_at_work:
        return _screen(request, batch, told="This import is at work. Wait until it is done.", status=409)
    try:
        done = run(request, batch)
    except FileRefused as refused:
        return _screen(request, batch, told=str(refused), text=request.POST.get("text", ""), status=422)
    messages.success(request, done)
    return HttpResponseRedirect(f"{batch_url(pk)}{_kept_query(request)}", status=303)


def _kept_query(request: HttpRequest) -> str:
    state, page = request.GET.get("state", ""), request.GET.get("p", "")
    parts = [f"state={state.replace(' ', '+')}" if state in State else "", f"p={page}" if page.isdigit() else ""]
    query = "&".join(filter(None, parts))
    return f"?{query}" if query else ""


def _may_decide(user: Any) -> bool:
    return can(user, Action.ADD_TO_LIBRARY) or can(user, Action.VERIFY_SOURCES)


def _may_apply(user: Any) -> bool:
    return can(user, Action.VERIFY_SOURCES)


def _decide(request: HttpRequest, batch: ImportBatch) -> str:
    """The choices on this page of the list."""
    changed = 0
    for row in batch.rows.filter(pk__in=_chosen(request)):
        choice = request.POST.get(f"row-{row.pk}", "")
        if row.is_open and choice in dict(CHOICES[State(row.state)]) and choice != row.decision:
            ImportRow.objects.filter(pk=row.pk).update(decision=choice)
            changed += 1
    return f"{changed} {'decision' if changed == 1 else 'decisions'} kept."


def _chosen(request: HttpRequest) -> list[int]:
    names = (name.removeprefix("row-") for name in request.POST if name.startswith("row-"))
    return [int(name) for name in names if name.isascii() and name.isdigit() and len(name) < 17]


def _take_all(request: HttpRequest, batch: ImportBatch) -> str:
    state = request.POST.get("state", "")
    number = decide(batch, states=[state]) if state in (State.NEW, State.FILLS) else decide(batch)
    return f"{number} {'record is' if number == 1 else 'records are'} marked to be taken."


def _apply(request: HttpRequest, batch: ImportBatch) -> str:
    ImportBatch.objects.filter(pk=batch.pk).update(state=ImportBatch.State.APPLYING)
    apply_import.enqueue(batch.pk, request.user.pk)
    return "It is being applied."


def _undo(request: HttpRequest, batch: ImportBatch) -> str:
    counts = undo_batch(batch, by=request.user)
    kept = f" {counts['kept']} stayed; each says why." if counts["kept"] else ""
    return f"{counts['undone']} taken back.{kept}"


def _ask_again(request: HttpRequest, batch: ImportBatch) -> str:
    """Only what no source has answered about."""
    batch.rows.filter(state__in=(State.NOT_CHECKED, State.NOT_FOUND), outcome=Outcome.NONE).delete()
    ImportBatch.objects.filter(pk=batch.pk).update(state=ImportBatch.State.WAITING)
    read_import.enqueue(batch.pk)
    return "The sources are asked again."


def _mend(request: HttpRequest, batch: ImportBatch) -> str:
    row = _mending(request, batch)
    if row is None:
        raise FileRefused("This record needs no mending.")
    read_again(row, request.POST.get("text", "").replace("\x00", "")[:100_000])
    return f"Row {row.number} was read: {row.get_state_display()}."


VERBS: dict[str, tuple[Callable[[Any], bool], Callable[[HttpRequest, ImportBatch], str]]] = {
    "decide": (_may_decide, _decide),
    "take-all": (_may_decide, _take_all),
    "ask-again": (_may_decide, _ask_again),
    "mend": (_may_decide, _mend),
    "apply": (_may_apply, _apply),
    "undo": (_may_apply, _undo),
}


@require_safe
def failed_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """What could not be read, in its original format, to be mended elsewhere (EVD-16)."""
    if not can(request.user, Action.SEE_LIBRARY):
        raise PermissionDenied
    batch = get_object_or_404(ImportBatch.objects.defer("data"), pk=pk)
    pieces = batch.rows.filter(state__in=(State.FAILED, State.INCOMPLETE)).order_by("number")
    text = "\n\n".join(pieces.exclude(original="").values_list("original", flat=True))
    headers = {"Content-Disposition": f'attachment; filename="not-read-{batch.pk}.txt"'}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)
