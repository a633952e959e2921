"""Taking the example site away: every marked row, but for what real work has come to rest on.

A sample row that something real refers to stays, and so does whatever that row needs in turn; the report says why.
Real rows are never touched. This is the one act that deletes Versions, and only marked ones; it is audited.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q

from articles.models import Article, Definition, FooterLink, MenuItem, Term
from leads.counting import keep_count
from leads.models import Consent, Contact, Enquiry, Packet, TimelineEntry
from stemsite.accounts.models import User
from stemsite.appendonly import AppendOnlyModel
from stemsite.audit.recording import record
from stemsite.clinic.models import Clinic
from stemsite.publishing.models import (
    Comment,
    Hearing,
    Override,
    Page,
    Schedule,
    SignOff,
    StudySeen,
    Transition,
    Use,
    Version,
    VersionWords,
)
from stemsite.search import index
from stemsite.serving import store
from studies.models import Check, Correction, LibraryEntry, Reference, SourceRecord, Study

from .frame import FOOTER, MENU, clinic_is_still_ours
from .references import Row, model_of, references, row_of
from .staff import login_file

REMOVED = "samples removed"
CHUNK = 500


@dataclass(slots=True)
class Removed:
    """What was taken away, by kind, and what stayed for which reason."""

    counts: dict[str, int] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)

    def count(self, model: type[models.Model], number: int) -> None:
        if number:
            name = str(model._meta.verbose_name_plural)
            self.counts[name] = self.counts.get(name, 0) + number


@transaction.atomic
def remove() -> Removed:
    """Remove all samples at once, or nothing."""
    removed = Removed()
    kept = _kept(removed)
    pages = [pk for pk in _sample_pks(Page) if (Page._meta.label_lower, pk) not in kept]
    _remove_pages(pages, removed)
    for model in _marked_models():
        rows = [pk for pk in _sample_pks(model) if row_of(model, pk) not in kept]
        if model is Reference:
            _remove_checks(rows)
        if model is Term:
            _remove_definitions(rows)
        if model is Enquiry:
            _remove_record_of_leads(kept)
        if model is Contact:
            keep_count("contacts", number=-Contact.objects.filter(pk__in=rows, joined_to=None).count())
        removed.count(model, _delete(model, rows))
    _remove_records()
    _remove_clinic(removed)
    _close_logins()
    if removed.counts:
        store.forget_all()
        record(REMOVED, by=None, note="; ".join(removed.kept)[:2000], removed=removed.counts)
    return removed


def _marked_models() -> list[type[models.Model]]:
    """Models with the mark but for pages, what belongs to them, and the clinic; staff last, as all refer to them."""
    apart = (Page, AppendOnlyModel, Clinic, User)
    marked = [
        model
        for model in apps.get_models()
        if any(column.name == "is_sample" for column in model._meta.local_concrete_fields)
        and not issubclass(model, apart)
    ]
    return [*_referring_first(marked), User]


def _referring_first(marked: list[type[models.Model]]) -> list[type[models.Model]]:
    """A model before those it refers to, so that nothing protects a row whose referrer goes as well."""
    ordered: list[type[models.Model]] = []

    def visit(model: type[models.Model]) -> None:
        if model in ordered:
            return
        for other in marked:
            if other is not model and any(
                column.related_model is model for column in other._meta.local_concrete_fields
            ):
                visit(other)
        ordered.append(model)

    for model in marked:
        visit(model)
    return ordered


def _sample_pks(model: type[models.Model]) -> list[int]:
    return list(model._base_manager.filter(is_sample=True).order_by("pk").values_list("pk", flat=True))


def _kept(removed: Removed) -> set[Row]:
    """The sample rows that stay, found by following every reference from what is real."""
    marked: list[type[models.Model]] = [Page, *_marked_models()]
    samples = {row_of(model, pk) for model in marked for pk in _sample_pks(model)}
    kept: set[Row] = set()
    needs: dict[Row, list[Row]] = {}
    for owner, target in references():
        needs.setdefault(owner, []).append(target)
    waiting = [(row, "was worked on by real staff") for row in _worked_on()]
    waiting += [(row, "was changed") for row in _changed_links()]
    real = [owner for owner in needs if owner not in samples]
    waiting += [(target, f"is used by {_name(owner)}") for owner in real for target in needs[owner]]
    while waiting:
        row, why = waiting.pop()
        if row in samples and row not in kept:
            kept.add(row)
            removed.kept.append(f"{_name(row)}: it {why}.")
            waiting += [(target, f"is used by {_name(row)}") for target in needs.get(row, [])]
    return kept


def _worked_on() -> Iterable[Row]:
    """Sample pages and terms that somebody who is no sample has saved, signed or published."""
    versions = Version.objects.filter(page__is_sample=True, created_by__is_sample=False)
    steps = Transition.objects.filter(page__is_sample=True, by__is_sample=False)
    pages = {*versions.values_list("page_id", flat=True), *steps.values_list("page_id", flat=True)}
    terms = Term.objects.filter(is_sample=True).exclude(written_by__is_sample=True)
    signed = Definition.objects.filter(is_sample=True).exclude(signed_by__is_sample=True)
    yield from (row_of(Page, pk) for pk in sorted(pages))
    yield from (row_of(Term, pk) for pk in terms.order_by("pk").values_list("pk", flat=True))
    yield from (row_of(Term, pk) for pk in signed.order_by("pk").values_list("term_id", flat=True))


def _changed_links() -> Iterable[Row]:
    for model, links in ((MenuItem, MENU), (FooterLink, FOOTER)):
        rows = model._base_manager.filter(is_sample=True)
        yield from (row_of(model, row.pk) for row in rows if (row.label, row.path) not in links)


def _name(row: Row) -> str:
    found = model_of(row)._base_manager.filter(pk=row[1]).first()
    return f"the {found._meta.verbose_name} “{found}”" if found else f"{row[0]} {row[1]}"


def _remove_pages(pks: list[int], removed: Removed) -> None:
    for chunk in _chunks(pks):
        pages = Page.objects.filter(pk__in=chunk)
        pages.update(
            public_state=Page.PublicState.NOTHING,
            draft_state=Page.DraftState.DRAFT,
            trashed_at=None,
            trashed_by=None,
            forced_at=None,
            forced_by=None,
            corrected_at=None,
            corrected_by=None,
            live_path=None,
            latest_version=None,
            submitted_version=None,
            approved_version=None,
            live_version=None,
        )
        Schedule.objects.filter(page__in=chunk).delete()
        Override.objects.filter(page__in=chunk).delete()
        StudySeen.objects.filter(Q(page__in=chunk) | Q(study_version__page__in=chunk)).delete_samples()
        Comment.objects.filter(page__in=chunk).delete()
        Hearing.objects.filter(page__in=chunk).delete()
        Use.objects.filter(version__page__in=chunk).delete()
        VersionWords.objects.filter(version__page__in=chunk).delete()
        SignOff.objects.filter(version__page__in=chunk).delete_samples()
        Transition.objects.filter(page__in=chunk).delete_samples()
        removed.count(Version, Version.objects.filter(page__in=chunk).delete_samples())
        LibraryEntry.objects.filter(page__in=chunk).delete()
    # Each before what it shows, because that is protected.
    for model in (Packet, Article, Study):
        rows = [
            pk for chunk in _chunks(pks) for pk in model._base_manager.filter(pk__in=chunk).values_list("pk", flat=True)
        ]
        removed.count(model, _delete(model, rows))
    for pk in pks:
        index.refresh(pk)


def _remove_checks(references: list[int]) -> None:
    for chunk in _chunks(references):
        Correction.objects.filter(reference__in=chunk).delete_samples()
        Check.objects.filter(reference__in=chunk).delete_samples()


def _remove_definitions(terms: list[int]) -> None:
    for chunk in _chunks(terms):
        Term.objects.filter(pk__in=chunk).update(live=None)
        Definition.objects.filter(term__in=chunk).delete_samples()


def _remove_records() -> None:
    """Bundled records, but for those by which something real was judged."""
    used: set[int] = set()
    for relation in SourceRecord._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel):
            column = relation.field
            rows = column.model._base_manager.filter(**{f"{column.name}__is_sample": True})
            used.update(rows.values_list(column.attname, flat=True))
    SourceRecord.objects.exclude(pk__in=used).delete_samples()


def _remove_record_of_leads(kept: set[Row]) -> None:
    """What only grows, before the people it is about."""
    contacts = [pk for pk in _sample_pks(Contact) if row_of(Contact, pk) not in kept]
    for chunk in _chunks(contacts):
        TimelineEntry.objects.filter(contact__in=chunk).delete_samples()
        Consent.objects.filter(contact__in=chunk).delete_samples()


def _delete(model: type[models.Model], pks: list[int]) -> int:
    for chunk in _chunks(pks):
        model._base_manager.filter(pk__in=chunk).delete()
    return len(pks)


def _chunks(pks: list[int]) -> Iterable[list[int]]:
    return (pks[begin : begin + CHUNK] for begin in range(0, len(pks), CHUNK))


def _remove_clinic(removed: Removed) -> None:
    """The sample clinic goes; one that has been given real facts is no sample any more."""
    clinic = Clinic.objects.filter(pk=1, is_sample=True).first()
    if clinic is None:
        return
    if clinic_is_still_ours(clinic):
        clinic.delete()
        removed.count(Clinic, 1)
    else:
        Clinic.objects.filter(pk=1).update(is_sample=False)
        removed.kept.append(f"the clinic “{clinic}”: it was given facts of its own.")


def _close_logins() -> None:
    """Sample accounts that real work rests on stay as names; nobody can log in with them."""
    for user in User.objects.filter(is_sample=True):
        user.is_active = False
        user.set_unusable_password()
        user.save(update_fields=["is_active", "password"])
    login_file().unlink(missing_ok=True)
