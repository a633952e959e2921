"""The library as masks: kept while nothing public changes, and counting as the rows would (PAGE-28, PAGE-35)."""

from __future__ import annotations

import pytest
from django.db import transaction

from stemsite.serving import store
from studies.library.choices import Choice
from studies.library.finding import View, Words
from studies.library.index import current
from studies.models import LibraryEntry, LibraryTerm

pytestmark = pytest.mark.database


def entry(page, **facts):
    found = LibraryEntry.objects.create(page=page, **{"year": 2020, "design": "randomised", **facts})
    LibraryTerm.objects.create(entry=found, kind="condition", record=7, slug="als", name=f"ALS {page % 2}")


def left(choice, *, words=None):
    return View(library=current(), choice=choice, words=Words(pages=words)).pages()


@pytest.mark.django_db(transaction=True)
def test_the_library_is_read_once_until_something_public_changes():
    entry(1)
    first = current()
    assert current() is first
    with transaction.atomic():
        entry(2)
        store.forget("library")
        assert list(current().pages) == [2, 1]
        transaction.set_rollback(True)
    assert current() is first
    with transaction.atomic():
        entry(3)
        store.forget("library")
    assert list(current().pages) == [3, 1]


@pytest.mark.django_db
def test_an_empty_library_leaves_nothing():
    library = current()
    assert left(Choice()) == left(Choice(sort="people")) == []
    assert list(library.years) == []
    assert library.people(library.everything) == 0
    assert library.about([7]) == 0


@pytest.mark.django_db
def test_masks_count_and_sort_as_rows_do():
    for page in range(1, 41):
        entry(page, year=(0, 2019, 2021, 2024)[page % 4], people=page * 7 % 60, certainty=page % 5)
    rows = LibraryEntry.objects.all()
    for choice, kept, order in (
        (Choice(), rows, ("-year", "-page")),
        (Choice(people="20", sort="people"), rows.filter(people__gte=20), ("-people", "-page")),
        (Choice(year="2020", sort="certainty"), rows.filter(year__gte=2020), ("-certainty", "-people", "-page")),
        (Choice(certainty="low", condition="als"), rows.filter(certainty=2), ("-year", "-page")),
        (Choice(design="historical"), rows.none(), ("-year",)),
    ):
        assert left(choice) == list(kept.order_by(*order).values_list("page", flat=True)), choice
    assert left(Choice(people="20"), words=[5, 99, 3, 1, 6]) == [5, 3, 6]
    assert left(Choice(sort="people"), words=[5, 3]) == [5, 3]
    view = View(library=current(), choice=Choice(year="2024", certainty="low"), words=Words())
    assert view.counts()["certainty"]["low"] == rows.filter(year=2024, certainty=2).count()
    assert sum(view.counts()["certainty"].values()) == rows.filter(year=2024).count()
    assert view.terms("condition") == {"als": ("ALS 1", rows.filter(year=2024, certainty=2).count())}
    assert current().people(current().everything) == sum(rows.values_list("people", flat=True))
