"""Changes of who we are: saved, and every stored page that shows it is forgotten in the same transaction."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any

from django.db import transaction

from stemsite.serving import store
from stemsite.uses import RecordUse

from .frame import KEY
from .models import Clinic, Person, Wording


@transaction.atomic
def save_clinic(clinic: Clinic) -> None:
    """Every public page stands in the clinic's frame."""
    if clinic._state.adding:
        clinic.save()
    else:
        fields = {field.name for field in Clinic._meta.concrete_fields if not field.primary_key}
        clinic.save(update_fields=fields - Clinic.PAUSED)
    store.forget(KEY)


@transaction.atomic
def save_person(person: Person) -> None:
    """Only the profile is rendered from the person; bylines are frozen or signed."""
    before = Person.objects.filter(pk=person.pk).values_list("slug", flat=True).first()
    person.save()
    store.forget(f"person:{person.slug}", f"person:{before or person.slug}")


@transaction.atomic
def add_wording(wording: Wording, *, by: Any) -> Wording:
    """``wording`` as the next version of its kind in its jurisdiction; older versions stay as they were."""
    newest = Wording.objects.select_for_update().filter(kind=wording.kind, jurisdiction=wording.jurisdiction)
    last = newest.order_by("-version").values_list("version", flat=True).first()
    wording.pk = None
    wording.version = (last or 0) + 1
    wording.created_by = by
    wording.save(force_insert=True)
    store.forget(wording_key(wording.kind))
    return wording


def wording_key(kind: str) -> str:
    """What stored pages that show today's wording of ``kind`` depend on; frozen pages carry their own."""
    return f"wording:{kind}"


def photo_uses(kind: str, ids: Sequence[int]) -> Iterator[RecordUse]:
    """People whose profile shows these picture files."""
    if kind != "picture":
        return
    for pk, name in Person.objects.filter(photo__files__in=ids).distinct().order_by("pk").values_list("pk", "name"):
        yield RecordUse(label=name, mark="profile photo", screen="admin:clinic_person_change", pk=pk)


def photo_places(kind: str) -> Iterator[tuple[int, Hashable]]:
    """The profiles that show a picture, by every file the picture has had."""
    if kind == "picture":
        rows = Person.objects.exclude(photo__files=None).values_list("photo__files", "pk")
        yield from ((file, ("person", person)) for file, person in rows.distinct().order_by())
