"""The study library: what readers choose, what they get, and under which address (PAGE-28, PAGE-29, PAGE-57)."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stemsite.publishing import workflow
from stemsite.publishing.models import Page
from studies.content import Registration
from studies.integrity import end_event, record_event
from studies.library.choices import Choice, read
from studies.library.entries import registry_status
from studies.models import LibraryEntry, LibraryTerm, StudyFact
from tests.factories import make_condition, make_intervention, make_reference, make_study, sign_and_publish
from tests.markup import links, one, tree, with_class, words
from tests.stored import keep, stored
from tests.stored import read as fetched

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def live_study(slug, *, people=67, condition=None, treatment=None, **fields):
    """A live study whose title is its slug."""
    study = make_study(slug=slug, title=f"The {slug} study", outcome_of=None, **fields)
    study.outcome_groups.all().delete()
    StudyFact.objects.filter(study=study, kind__in=("enrolled", "analysed")).update(people=people, of=None)
    if condition and treatment:
        study.conditions.set([condition])
        study.interventions.set([treatment])
    sign_and_publish(study)
    return study


@pytest.fixture
def three(clinic):
    """Small and early, middling, and large and random."""
    parkinson = make_condition(slug="parkinson", name="Parkinson's disease", short_name="Parkinson's")
    muse = make_intervention(slug="muse", name="Muse cells")
    about = {"condition": make_condition(slug="als", name="ALS"), "treatment": make_intervention(slug="cord")}
    small = live_study("small", **about, people=5, design="single arm", phase="1", study_year=2019)
    middle = live_study("middle", **about, people=67, design="historical", study_year=2021)
    facts = {"people": 240, "design": "randomised", "masking": "double", "phase": "2/3", "study_year": 2024}
    large = live_study("large", condition=parkinson, treatment=muse, **facts)
    return small, middle, large


def titles(client, query=""):
    """Titles in the order of the list."""
    response = client.get(f"/studies/?{query}" if query else "/studies/")
    assert response.status_code == 200, query
    return [
        title.split()[1] for title, url in links(tree(response)) if url.startswith("/studies/") and title[:4] == "The "
    ]


LEFT = {
    "": ["large", "middle", "small"],
    "condition=parkinson": ["large"],
    "treatment=muse": ["large"],
    "design=historical": ["middle"],
    "phase=1": ["small"],
    "phase=2%2F3": ["large"],
    "people=50": ["large", "middle"],
    "certainty=high": ["large"],
    "certainty=very-low": ["middle", "small"],
    "results=published": ["large", "middle", "small"],
    "results=none": [],
    "status=unknown": ["large", "middle", "small"],
    "standing=none": ["large", "middle", "small"],
    "standing=retracted": [],
    "year=2021": ["large", "middle"],
    "design=historical&people=50&year=2020": ["middle"],
    "q=middle": ["middle"],
    "people=50&q=study&sort=people": ["large", "middle"],
    "sort=people": ["large", "middle", "small"],
    "sort=certainty": ["large", "middle", "small"],
}
"""What each choice leaves of the three studies, in order."""


def test_page_28_each_filter_leaves_what_it_names(client, three):
    assert {query: titles(client, query) for query in LEFT} == LEFT


def test_page_28_the_number_the_choices_and_their_removal_are_shown(client, three):
    root = tree(client.get("/studies/?design=historical&year=2020"))
    assert "1 study, newest first." in words(root)
    chosen = links(one(root, "chosen"))
    assert ("Remove How it was done: Compared with past records", "/studies/?year=2020") in chosen
    assert ("Remove Published since: 2020", "/studies/?design=historical") in chosen
    assert ("Remove all", "/studies/") in chosen


def test_page_28_every_option_says_how_many_studies_it_leaves_and_none_leaves_nothing(client, three):
    root = tree(client.get("/studies/?year=2021"))
    options = {words(option) for option in root.iter("option")}
    assert {"Compared with past records (1)", "Groups formed by chance (1)", "Muse cells (1)", "High (1)"} <= options
    assert not any(option.startswith("One group, everyone treated") for option in options)
    chosen = [option.get("value") for option in root.iter("option") if option.get("selected") is not None]
    assert "2021" in chosen


def test_page_28_each_view_has_one_address(client, three, settings):
    """Unknown and empty parameters make no difference, nor does order; what nobody can choose is taken out."""
    one_address = "/studies/?design=historical&people=50"
    keep(one_address)
    same = "/studies/?utm_source=letter&people=50&q=&condition=&design=historical&x=1"
    assert fetched(same) == fetched(one_address)
    assert [page for page in stored() if page.startswith("/studies/?")] == [one_address]
    answer = client.get("/studies/?people=50&design=historical&phase=99&sort=beauty")
    assert (answer.status_code, answer["Location"]) == (302, one_address)
    assert stored() >= {one_address}
    for hostile in (
        "year=99999999",
        "people=-1",
        "condition=" + "x" * 500,
        "year=%D9%A2%D9%A0%D9%A2%D9%A1",
    ):
        assert client.get(f"/studies/?{hostile}")["Location"] == "/studies/"
    assert client.get("/studies/?page=x").status_code == client.get("/studies/?page=9&phase=1").status_code == 404


def test_page_28_filtered_views_are_not_indexed_and_name_the_plain_list(client, three):
    filtered = client.get("/studies/?phase=1").content.decode()
    assert '<meta name="robots" content="noindex, follow">' in filtered
    assert '<link rel="canonical" href="http://127.0.0.1:8000/studies/">' in filtered.replace("localhost", "127.0.0.1")
    assert "noindex" not in client.get("/studies/").content.decode()


def test_page_29_words_and_many_filters_make_no_stored_page(client, three):
    keep("/studies/")
    before = stored()
    for query in ("q=middle", "design=historical&people=50&year=2020", "q=a&phase=1"):
        assert client.get(f"/studies/?{query}")["Cache-Control"] == "no-store"
    assert stored() == before
    assert words(tree(client.get("/studies/?q=middle"))) != words(tree(client.get("/studies/")))


def test_page_29_no_result_says_what_to_loosen(client, three):
    root = tree(client.get("/studies/?condition=parkinson&phase=1"))
    nothing = one(root, "nothing")
    assert "No study fits all of this." in words(root)
    assert ("Without “Phase: Phase 1”", "/studies/?condition=parkinson") in links(nothing)
    assert ("Without “Condition: Parkinson's disease”", "/studies/?phase=1") in links(nothing)
    assert ("look at all studies", "/studies/") in links(nothing)
    assert not with_class(root, "picking")


def test_page_29_a_misspelled_word_is_read_as_the_nearest(client, three):
    root = tree(client.get("/studies/?q=umbilicel"))
    assert "No study holds “umbilicel”. These hold “umbilical”." in words(root)
    assert "3 studies, best match first." in words(root)


def test_page_29_a_retracted_study_has_its_label_and_no_word_of_certainty(client, three, owner):
    large = three[2]
    keep("/studies/", "/studies/?certainty=high", "/studies/?standing=retracted", large.live_path)
    event = record_event(large.primary, kind="retracted", source="journal", by=owner)
    assert titles(client, "certainty=high") == []
    assert titles(client, "standing=retracted") == ["large"]
    root = tree(client.get("/studies/?standing=retracted"))
    assert "Do not rely on its results." in words(one(root, "study"))
    assert "Certainty" not in words(one(root, "study"))
    end_event(event, because="Another paper was meant.", by=owner)
    assert titles(client, "certainty=high") == ["large"]


def test_page_06_the_library_follows_what_is_live_and_never_the_draft(client, three, publisher):
    small, middle, large = three
    middle.phase = "4"
    middle.save()
    assert titles(client, "phase=4") == []
    keep("/studies/", "/studies/?design=historical")
    workflow.withdraw(middle, by=publisher, kind=Page.Withdrawal.OUTDATED, reason="A newer paper is out.")
    assert titles(client, "design=historical") == []
    assert titles(client) == ["large", "small"]
    assert set(LibraryEntry.objects.values_list("page", flat=True)) == {small.pk, large.pk}
    workflow.restore(middle, by=publisher, note="It still holds.")
    assert titles(client) == ["large", "middle", "small"]
    assert LibraryTerm.objects.filter(entry=middle.pk).count() == 2


def queries(client, address):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_page_28_the_number_of_queries_does_not_grow_with_the_studies(client, three, settings):
    settings.PAGE_STORE = False
    views = ("", "?sort=people", "?design=historical", "?condition=als&year=2019", "?q=study")
    addresses = [f"/studies/{view}" for view in views]
    few = {address: queries(client, address) for address in addresses}
    for number in range(3):
        live_study(f"more-{number}", design="historical", study_year=2022)
    assert {address: queries(client, address) for address in addresses} == few
    assert max(few.values()) <= 20


def test_page_57_a_view_of_the_library_can_be_taken_along(client, three):
    page = client.get("/studies/?people=50").content.decode()
    for extension in ("ris", "bib", "json"):
        address = f"/studies/all.{extension}?people=50"
        assert f'href="{address}"' in page
        answer = client.get(address)
        assert answer["Content-Disposition"] == f'attachment; filename="studies.{extension}"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        text = answer.content.decode()
        assert [study.primary.doi in text for study in three] == [False, True, True]
    assert [item["DOI"] for item in json.loads(text)] == [three[2].primary.doi, three[1].primary.doi]
    for bad in ("/studies/all.exe", "/studies/all.ris?phase=99", "/studies/all.ris?results=none"):
        assert client.get(bad).status_code == 404


def test_the_same_words_give_the_same_choice_whatever_else_is_asked():
    given = {"q": "  muse \x00 cells ", "design": "historical", "people": "7", "sort": "year", "year": "2020"}
    assert read(given, knows=lambda kind, value: kind == "year") == Choice(
        q="muse cells", design="historical", sort="year", year="2020"
    )
    assert Choice(phase="1/2", condition="als").address("/studies/") == "/studies/?condition=als&phase=1%2F2"


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("Recruiting", "recruiting"),
        ("ENROLLING_BY_INVITATION", "recruiting"),
        ("Active, not recruiting (when we last saw it)", "active"),
        ("ACTIVE_NOT_RECRUITING", "active"),
        ("Completed", "completed"),
        ("Terminated (low enrolment)", "stopped"),
        ("", "unknown"),
        ("UNKNOWN", "unknown"),
    ],
)
def test_what_a_registry_says_is_one_of_our_words(said, status):
    assert registry_status([Registration(registry="ClinicalTrials.gov", number="NCT1", status=said)]) == status


def test_a_study_without_registration_says_that():
    assert registry_status([]) == "none"


def test_the_fields_of_the_library_are_filled_for_studies_that_were_live_before(three):
    import importlib

    from django.apps import apps

    before = list(LibraryEntry.objects.order_by("page").values())
    LibraryEntry.objects.all().delete()
    importlib.import_module("studies.migrations.0015_fill_library").fill(apps, None)
    assert list(LibraryEntry.objects.order_by("page").values()) == before
    assert LibraryTerm.objects.count() == 6


def test_evd_70_a_comparison_says_the_same_as_the_pages(client, three):
    make_reference()
    root = tree(client.get("/studies/compare/?study=small&study=large&study=nothing&study=small"))
    table = next(root.iter("table"))
    assert [words(cell) for cell in table.iter("th") if cell.get("scope") == "col"][1:] == [
        "The small study Remove “The small study”",
        "The large study Remove “The large study”",
    ]
    rows = {words(row[0]): [words(cell) for cell in row[1:]] for row in table.find("tbody")}
    assert rows["People"] == ["5 people", "240 people"]
    assert rows["Certainty"] == ["Very low", "High"]
    assert rows["How it was done"] == ["One group, everyone treated, phase 1", "Groups formed by chance, phase 2/3"]
    assert "Deaths" in rows
    page = words(tree(client.get("/studies/small/")))
    for term in ("Deaths", "Serious harms", "Main result", "Compared with"):
        assert term in page
        assert rows[term][0] in page
    assert ("Remove “The small study”", "/studies/compare/?study=large") in links(table)
    assert ("The middle study", "/studies/compare/?study=small&study=large&study=middle") in links(root)


def test_a_comparison_holds_four_and_bad_addresses_are_calm(client, three):
    for number in range(2):
        live_study(f"more-{number}")
    many = "&".join(f"study={slug}" for slug in ("small", "middle", "large", "more-0", "more-1"))
    root = tree(client.get(f"/studies/compare/?{many}"))
    assert "4 studies can stand side by side." in words(root)
    assert len([cell for cell in root.iter("th") if cell.get("scope") == "col"]) == 5
    for query in ("", "study=", "study=a/../b", "study=" + "x" * 300, "&".join(["study=small"] * 90)):
        answer = client.get(f"/studies/compare/?{query}")
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "no-store"
        assert "noindex" in answer.content.decode()
    assert client.post("/studies/compare/").status_code == 405
